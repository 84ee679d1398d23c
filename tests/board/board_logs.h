#pragma once

#include <string>

#include "profile/profile.h"
#include "support/paths.h"

namespace nputwin::test {

// The published numbers of i.MX 8M Plus boards: cases.json in the shared folder's board_logs. `side`: "npu" or "cpu".

inline const std::string kLogs = shared_path("board_logs/");

/// How many of the SSD log's 24 numbers (classes, scores, boxes) come out as printed.
[[nodiscard]] int ssd_numbers(const std::string& side, const Profile& profile);

/// How many of the MobileNet log's 5 largest outputs come out as printed.
[[nodiscard]] int mobilenet_numbers(const std::string& side, const Profile& profile);

}  // namespace nputwin::test
