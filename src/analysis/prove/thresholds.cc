#include "analysis/prove/thresholds.h"

#include <algorithm>
#include <cmath>

namespace nputwin {
namespace {

/// The least sum from `least` to `highest` whose code is `code` or more, highest + 1 where none is; `guess` is looked
/// at first, then sums at growing distances on either side, then the middle of what is left.
std::int64_t first_sum(const Definition::Function& function, double code, std::int64_t least, std::int64_t highest,
                       std::int64_t guess) {
  std::int64_t below = least, above = highest + 1;  // the answer is in [below, above]
  std::int64_t at = std::clamp(guess, least, above);
  const auto reached = [&](std::int64_t sum) { return sum > highest || function(sum, 0) >= code; };
  if (reached(at)) {
    above = at;
    for (std::int64_t width = 1; below < above; width *= 2) {
      const std::int64_t next = std::max(above - width, below);
      if (!reached(next)) {
        below = next + 1;
        break;
      }
      above = next;
    }
  } else {
    below = at + 1;
    for (std::int64_t width = 1; below < above; width *= 2) {
      const std::int64_t next = std::min(below + width - 1, above);
      if (reached(next)) {
        above = next;
        break;
      }
      below = next + 1;
    }
  }
  while (below < above) {
    const std::int64_t middle = below + (above - below) / 2;
    if (reached(middle)) {
      above = middle;
    } else {
      below = middle + 1;
    }
  }
  return above;
}

}  // namespace

Thresholds thresholds_of(const Definition::Function& function, double slope, std::int64_t lowest, std::int64_t highest,
                         std::int64_t lowest_code, std::int64_t highest_code) {
  Thresholds thresholds{lowest_code, {}};
  thresholds.first.reserve(static_cast<std::size_t>(std::max<std::int64_t>(highest_code - lowest_code, 0)));
  const double sums_a_code = slope > 0 ? std::min(1 / slope, 0x1p40) : 1;
  double guess = static_cast<double>(lowest);
  std::int64_t least = lowest;
  for (std::int64_t code = lowest_code + 1; code <= highest_code; ++code) {
    least = first_sum(function, static_cast<double>(code), least, highest,
                      static_cast<std::int64_t>(std::min(guess, static_cast<double>(highest) + 1)));
    thresholds.first.push_back(least);
    guess = static_cast<double>(least) + sums_a_code;
  }
  return thresholds;
}

std::vector<DifferingRange> differing_ranges(const Thresholds& a, const Thresholds& b) {
  std::vector<DifferingRange> ranges;
  for (std::size_t i = 0; i < a.first.size(); ++i) {
    const auto [first, end] = std::minmax(a.first[i], b.first[i]);
    if (first == end) continue;
    if (!ranges.empty() && first <= ranges.back().last + 1) {
      ranges.back().last = std::max(ranges.back().last, end - 1);
    } else {
      ranges.push_back({first, end - 1});
    }
  }
  return ranges;
}

std::vector<std::int64_t> places_of_change(const Thresholds& a, const Thresholds& b,
                                           const std::vector<DifferingRange>& ranges) {
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < a.first.size(); ++i) {
    if (a.first[i] != b.first[i]) places.insert(places.end(), {a.first[i], b.first[i]});
  }
  for (const DifferingRange& r : ranges) places.push_back(r.first);
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

}  // namespace nputwin
