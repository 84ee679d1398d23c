#pragma once

#include <string>

#include "profile/profile.h"
#include "support/paths.h"

namespace nputwin::test {

// The published numbers of boards with VeriSilicon NPUs: cases.json and cases2.json in the shared folder's board_logs.
// `side`: "npu" or "cpu".

inline const std::string kLogs = shared_path("board_logs/");

/// How many of the SSD log's 24 numbers (classes, scores, boxes) come out as printed.
[[nodiscard]] int ssd_numbers(const std::string& side, const Profile& profile);

/// How many of the 5 largest outputs of MobileNet v1's log come out as printed.
[[nodiscard]] int mobilenet_numbers(const std::string& side, const Profile& profile);

/// The same of the log with the picture that TensorFlow's Python label_image makes: "npu" through Mesa's driver, "cpu"
/// by NXP's build.
[[nodiscard]] int mobilenet_python_numbers(const std::string& side, const Profile& profile);

/// How many of the 5 largest logits of MobileNet v2 come out as a VS680 printed them, at their place in the order.
[[nodiscard]] int goldfish_numbers(const Profile& profile);

}  // namespace nputwin::test
