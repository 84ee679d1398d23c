#include "fixed/requantize.h"

#include <cmath>

#include "base/checked.h"

namespace nputwin {
namespace {

__extension__ using Int128 = __int128;

/// round(acc * m * 2^(exponent - bits) + offset) with the offset inside the rounding; exact for every
/// argument.
std::int64_t round_exact_product(std::int64_t acc, std::int64_t m, int exponent, int bits,
                                 std::int32_t offset, Rounding rounding) {
  const int shift = bits - exponent;
  Int128 value = static_cast<Int128>(acc) * m;  // under 2^62
  if (shift <= 0) {
    // exponent > bits means M >= 2^bits: anything but zero saturates long before 2^64
    const int left = -shift > 64 ? 64 : -shift;
    value = (value << (left > 60 ? 60 : left)) + offset;
    return value > INT32_MAX ? INT32_MAX : value < INT32_MIN ? INT32_MIN : static_cast<std::int64_t>(value);
  }
  if (shift >= 90)
    return round_from_floor<std::int64_t>(offset - (value < 0 ? 1 : 0), value < 0 ? 1 : -1, value == 0,
                                          offset < 0 || (offset == 0 && value < 0), rounding);
  value += static_cast<Int128>(offset) << shift;
  const Int128 rounded = shift_right_rounded<Int128>(value, shift, rounding);
  return rounded > INT32_MAX   ? INT32_MAX
         : rounded < INT32_MIN ? INT32_MIN
                               : static_cast<std::int64_t>(rounded);
}

std::int64_t rounded_product(const RequantizeRule& rule, std::int64_t acc, const Rescale& scale,
                             std::int32_t offset) {
  switch (rule.method) {
    case RequantizeRule::Method::kTwoStep:
      return multiply_by_quantized_multiplier(static_cast<std::int32_t>(acc), scale.fixed, rule.rounding) +
             std::int64_t{offset};
    case RequantizeRule::Method::kOneStep:
      return round_exact_product(acc, scale.fixed.multiplier, scale.fixed.exponent, 31, offset,
                                 rule.rounding);
    case RequantizeRule::Method::kSignificand:
      return round_exact_product(acc, scale.fixed.multiplier, scale.fixed.exponent, rule.multiplier_bits,
                                 offset, rule.rounding);
    case RequantizeRule::Method::kBinary32: {
      const float product = static_cast<float>(acc) * scale.binary32;
      return round_real(static_cast<double>(offset == 0 ? product : product + static_cast<float>(offset)),
                        rule.rounding);
    }
    case RequantizeRule::Method::kBinary64:
      return round_real(static_cast<double>(acc) * scale.binary64 + offset, rule.rounding);
    case RequantizeRule::Method::kSixteenBits: {
      const std::int32_t m = scale.fixed.multiplier;
      const std::int32_t sixteen = m < 0x7FFF0000 ? (m + (1 << 15)) >> 16 : 0x7FFF;
      return round_exact_product(acc, sixteen, scale.fixed.exponent, 15, offset, Rounding::kHalfUp);
    }
  }
  return 0;
}

}  // namespace

Rescale make_rescale(const RequantizeRule& rule, float s_in, float s_weight, float s_out) {
  double real = 0;
  switch (rule.scale) {
    case RequantizeRule::Scale::kBinary64:
      real = static_cast<double>(s_in) * static_cast<double>(s_weight) / static_cast<double>(s_out);
      break;
    case RequantizeRule::Scale::kBinary32Product:
      real = static_cast<double>(s_in * s_weight) / static_cast<double>(s_out);
      break;
    case RequantizeRule::Scale::kBinary32:
      real = static_cast<double>(s_in * s_weight / s_out);
      break;
  }
  Rescale result;
  result.binary32 = static_cast<float>(real);
  result.binary64 = real;
  result.fixed = rule.method == RequantizeRule::Method::kSignificand
                     ? significand_multiplier(result.binary32, rule.multiplier_bits, rule.multiplier_rounding)
                     : quantize_multiplier(real);
  return result;
}

std::int32_t requantize(const RequantizeRule& rule, std::int64_t acc, const Rescale& scale,
                        std::int32_t zero_point) {
  const std::int32_t inside = rule.zero_point_first ? zero_point : 0;
  const std::int32_t outside = rule.zero_point_first ? 0 : zero_point;
  return saturate_cast<std::int32_t>(rounded_product(rule, acc, scale, inside) + outside);
}

std::int64_t accumulator_register(const RequantizeRule& rule, std::int64_t acc) {
  switch (rule.accumulator) {
    case RequantizeRule::Accumulator::kHolds64:
      return acc;
    case RequantizeRule::Accumulator::kSaturates32:
      return saturate_cast<std::int32_t>(acc);
    case RequantizeRule::Accumulator::kWraps32:
      break;
  }
  return wrap_int32(acc);
}

}  // namespace nputwin
