#include "fixed/multiplier.h"

#include <cmath>

namespace nputwin {

QuantizedMultiplier quantize_multiplier(double scale) {
  if (!(scale > 0) || std::isinf(scale)) return {};
  int exponent = 0;
  const double fraction = std::frexp(scale, &exponent);
  auto bits = static_cast<std::int64_t>(std::round(fraction * 2147483648.0));
  if (bits == (std::int64_t{1} << 31)) {
    bits /= 2;
    ++exponent;
  }
  if (exponent < -31) return {};
  return {static_cast<std::int32_t>(bits), exponent};
}

QuantizedMultiplier significand_multiplier(float scale, int bits, Rounding rounding) {
  if (!(scale > 0) || std::isinf(scale)) return {};
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(scale), &exponent);
  auto m = static_cast<std::int64_t>(round_real(std::ldexp(fraction, bits < 31 ? bits : 30), rounding));
  if (bits == 31) m *= 2;  // a binary32 significand has 24 bits: nothing to round at 30 or 31
  if (m == (std::int64_t{1} << bits)) {
    m /= 2;
    ++exponent;
  }
  return {static_cast<std::int32_t>(m), exponent};
}

}  // namespace nputwin
