#pragma once

#include <chrono>

namespace nputwin::command {

/// The time; that of SOURCE_DATE_EPOCH where it is set, so that reports can be made again.
[[nodiscard]] std::chrono::system_clock::time_point now();

}  // namespace nputwin::command
