#pragma once

#include <cstdint>
#include <vector>

#include "analysis/prove/thresholds.h"
#include "fixed/requantize.h"

namespace nputwin {

/// Where a code begins if nothing but the last step is rounded: the least sum with
/// zero_point + sum * M >= code - 1/2, M exactly as the rule stores it, kept within lowest ... highest + 1. With M = 0,
/// codes up to the zero point begin at the lowest sum and others never.
[[nodiscard]] std::int64_t ideal_first(double multiplier, std::int64_t zero_point, std::int64_t code,
                                       std::int64_t lowest, std::int64_t highest);

/// How far thresholds lie from the ideal ones. Rules of one M mostly share them.
struct Deviation {
  std::int64_t distance = 0;    ///< threshold - ideal one; never 0
  std::int64_t first_code = 0;  ///< the first code that lies so far
  std::vector<bool> codes;      ///< from there on, which lie so far; begins and ends with true
};
/// In rising order of the first code, then of the distance.
[[nodiscard]] std::vector<Deviation> deviations(const Thresholds& thresholds, double multiplier,
                                                std::int64_t zero_point, std::int64_t lowest, std::int64_t highest);

}  // namespace nputwin
