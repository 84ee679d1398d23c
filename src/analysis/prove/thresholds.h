#pragma once

#include <cstdint>
#include <vector>

#include "kernels/definition.h"

namespace nputwin {

/// Where a function of sums passes from one code to the next. For a function that rises, the list is all there is to
/// know: `first[i]` is the least sum from `lowest` to `highest` whose code is lowest_code + 1 + i or more, or
/// highest + 1 where none is.
struct Thresholds {
  std::int64_t lowest_code = 0;
  std::vector<std::int64_t> first;
};

/// Of a function that rises from `lowest` to `highest` and gives lowest_code or more there: its thresholds up to the
/// code highest_code. `slope`: Definition::slope.
[[nodiscard]] Thresholds thresholds_of(const Definition::Function& function, double slope, std::int64_t lowest,
                                       std::int64_t highest, std::int64_t lowest_code, std::int64_t highest_code);

/// Sums from `first` to `last`.
struct DifferingRange {
  std::int64_t first, last;
};
/// The sums between the two functions' thresholds, in rising order, neighbours joined: all whose codes differ. Both
/// lists are of one range of codes.
[[nodiscard]] std::vector<DifferingRange> differing_ranges(const Thresholds& a, const Thresholds& b);

/// Where, in those ranges, the distance of the two codes may change, in rising order: each range begins with such a
/// sum.
[[nodiscard]] std::vector<std::int64_t> places_of_change(const Thresholds& a, const Thresholds& b,
                                                         const std::vector<DifferingRange>& ranges);

}  // namespace nputwin
