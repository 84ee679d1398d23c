#include "fixed/rounding.h"

#include <cmath>

namespace nputwin {

std::int32_t round_real(double x, Rounding rounding) {
  if (std::isnan(x)) return 0;
  if (x <= -2147483648.0) return INT32_MIN;
  if (x >= 2147483647.0) return INT32_MAX;
  const double floor = std::floor(x);
  const double rest = x - floor;  // exact: both have the same exponent range and |x| < 2^31
  return static_cast<std::int32_t>(round_from_floor<std::int64_t>(
      static_cast<std::int64_t>(floor), rest == 0.5 ? 0 : (rest > 0.5 ? 1 : -1), rest == 0, x < 0, rounding));
}

std::int32_t cast_to_int32(double x, bool lowest) {
  if (lowest && !(x > -0x1p31 - 1 && x < 0x1p31)) return INT32_MIN;
  return round_real(x, Rounding::kTowardZero);
}

float multiply_add(float a, float b, float c, bool fused) { return fused ? std::fma(a, b, c) : a * b + c; }

}  // namespace nputwin
