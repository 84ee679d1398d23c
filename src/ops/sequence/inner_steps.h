#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "kernels/definition.h"
#include "ops/op.h"

namespace nputwin {

/// What sums of weights times codes can be, over several rows of weights.
struct SumRange {
  std::int64_t lowest = INT64_MAX, highest = INT64_MIN;

  template <typename W>
  void include(std::span<const W> weights, std::int64_t bias, CodeRange codes) {
    std::int64_t least = bias, most = bias;
    for (const std::int64_t w : weights) {
      least += std::min(w * codes.lo, w * codes.hi);
      most += std::max(w * codes.lo, w * codes.hi);
    }
    lowest = std::min(lowest, least), highest = std::max(highest, most);
  }
};

/// A step that multiplies sums, which are kept in 32 bits, by a scale.
template <typename F>
[[nodiscard]] InnerStep scaling_step(std::string name, SumRange sums, QuantizedMultiplier scale, F value) {
  const double real = std::ldexp(scale.multiplier, scale.exponent - 31);
  if (sums.lowest < INT32_MIN || sums.highest > INT32_MAX) sums = {INT32_MIN, INT32_MAX};  // they wrap
  constexpr double kMost = 0x1p30;  // a left shift makes twice as much of it at most
  const double largest =
      std::max(std::abs(static_cast<double>(sums.lowest)), std::abs(static_cast<double>(sums.highest)));
  return {std::move(name), sums.lowest, sums.highest, largest * real < kMost, real, std::move(value)};
}

/// A step whose arguments are all of a range, and tried each.
template <typename F>
[[nodiscard]] InnerStep table_step(std::string name, CodeRange codes, F value) {
  return {std::move(name), codes.lo, codes.hi, false, 0, std::move(value)};
}

}  // namespace nputwin
