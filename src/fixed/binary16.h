#pragma once

#include <cmath>

namespace nputwin {

/// The nearest binary16 number, ties to even; beyond 65504 and half a step an infinity.
[[nodiscard]] inline double to_binary16(double x) {
  constexpr int kLowestExponent = -14, kFractionBits = 10;
  if (!(std::abs(x) < 65520.0)) return std::isnan(x) ? x : std::copysign(HUGE_VAL, x);
  if (x == 0) return x;
  const int exponent = std::max(std::ilogb(x), kLowestExponent);
  const double step = std::ldexp(1.0, exponent - kFractionBits);
  return std::nearbyint(x / step) * step;
}

}  // namespace nputwin
