#pragma once

#include <string>

namespace nputwin::cli {

/// The day by UTC, "2026-11-29"; that of SOURCE_DATE_EPOCH where it is set, so that reports can be made again.
[[nodiscard]] std::string today();

}  // namespace nputwin::cli
