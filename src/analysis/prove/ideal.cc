#include "analysis/prove/ideal.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "fixed/trace.h"

namespace nputwin {
namespace {

/// The least integer >= odd / (2 * multiplier).
std::int64_t ceiling_of_half_over(std::int64_t odd, double multiplier) {
  constexpr double kFar = 0x1p50;  // beyond any sum
  constexpr int kMantissaBits = 53, kMostShift = 60;
  const double near = static_cast<double>(odd) / 2 / multiplier;
  if (std::abs(near) > kFar) return static_cast<std::int64_t>(std::copysign(kFar, near));
  int exponent = 0;
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(multiplier, &exponent), kMantissaBits));
  // multiplier = mantissa * 2^(exponent - 53): the quotient is odd * 2^shift / mantissa.
  const int shift = kMantissaBits - exponent - 1;
  if (shift < -kMostShift) return odd > 0 ? 1 : 0;  // so small a quotient lies between -1 and 1
  const Int128 top = shift > 0 ? static_cast<Int128>(odd) << shift : Int128{odd};
  const Int128 bottom = shift > 0 ? Int128{mantissa} : static_cast<Int128>(mantissa) << -shift;
  const Int128 quotient = top / bottom;  // toward zero
  return static_cast<std::int64_t>(quotient + (top > 0 && quotient * bottom != top ? 1 : 0));
}

}  // namespace

std::int64_t ideal_first(double multiplier, std::int64_t zero_point, std::int64_t code, std::int64_t lowest,
                         std::int64_t highest) {
  const std::int64_t odd = 2 * (code - zero_point) - 1;
  if (multiplier == 0) return odd < 0 ? lowest : highest + 1;
  return std::clamp(ceiling_of_half_over(odd, multiplier), lowest, highest + 1);
}

std::vector<Deviation> deviations(const Thresholds& thresholds, double multiplier, std::int64_t zero_point,
                                  std::int64_t lowest, std::int64_t highest) {
  std::map<std::int64_t, Deviation> by_distance;
  std::int64_t code = thresholds.lowest_code;
  for (const std::int64_t first : thresholds.first) {
    ++code;
    const std::int64_t distance = first - ideal_first(multiplier, zero_point, code, lowest, highest);
    if (distance == 0) continue;
    Deviation& deviation = by_distance.try_emplace(distance, Deviation{distance, code, {}}).first->second;
    deviation.codes.resize(static_cast<std::size_t>(code - deviation.first_code));
    deviation.codes.push_back(true);
  }
  std::vector<Deviation> sorted;
  sorted.reserve(by_distance.size());
  for (auto& [distance, deviation] : by_distance) sorted.push_back(std::move(deviation));
  std::ranges::stable_sort(sorted, {}, &Deviation::first_code);
  return sorted;
}

}  // namespace nputwin
