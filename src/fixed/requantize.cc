#include "fixed/requantize.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/checked.h"

namespace nputwin {
namespace {

void note(Trace* trace, const char* what, Int128 digits, int fraction_bits = 0) {
  if (trace != nullptr) trace->add(what, digits, fraction_bits);
}

void note_real(Trace* trace, const char* what, double value) {
  if (trace != nullptr) trace->add_real(what, value);
}

/// Drops bits of a product: all but the leading `bits` become zeros.
Int128 keep_leading_bits(Int128 value, int bits, Rounding rounding) {
  int drop = -bits;
  for (Int128 rest = value < 0 ? -value : value; rest != 0; rest >>= 1) ++drop;
  return drop <= 0 ? value : shift_right_rounded<Int128>(value, drop, rounding) << drop;
}

/// value / 2^shift for any shift >= 0, at least as far as a later rounding sees: what is lost lives on in the last bit.
Int128 shift_right_sticky(Int128 value, int shift) {
  if (shift >= 127) return value == 0 ? 0 : value < 0 ? -1 : 1;
  const Int128 floor = value >> shift;
  return floor | (value == floor << shift ? 0 : 1);
}

/// Whether round_exact_product needs no number beyond 2^62, and drops no bits before the rounding: so it is for the
/// sums of most layers, and 64 bits are several times as fast as 128.
bool fits_64_bits(const RequantizeRule& rule, std::int64_t acc, int shift, std::int32_t offset) {
  constexpr std::int64_t kMostSum = std::int64_t{1} << 30, kMostOffset = 1 << 15;
  constexpr int kMostShift = 45;
  return shift > 0 && shift <= kMostShift && rule.product_bits == 0 && rule.guard_bits >= shift && acc <= kMostSum &&
         acc >= -kMostSum && offset <= kMostOffset && offset >= -kMostOffset;
}

/// round(acc * m * 2^(exponent - bits) + offset) with the offset inside the rounding; exact for every
/// argument but for the bits that the rule drops.
std::int64_t round_exact_product(const RequantizeRule& rule, std::int64_t acc, QuantizedMultiplier m, int bits,
                                 std::int32_t offset, Trace* trace) {
  constexpr int kMostShift = 90;  // (2^31 << 90) + 2^94 stays in 128 bits
  int shift = bits - m.exponent;
  if (trace == nullptr && fits_64_bits(rule, acc, shift, offset)) {
    const std::int64_t value = acc * m.multiplier + static_cast<std::int64_t>(static_cast<Int128>(offset) << shift);
    return std::clamp<std::int64_t>(shift_right_rounded<std::int64_t>(value, shift, rule.rounding), INT32_MIN,
                                    INT32_MAX);
  }
  Int128 value = static_cast<Int128>(acc) * m.multiplier;  // up to 2^94
  note(trace, "sum times multiplier", value, shift);
  if (rule.product_bits > 0) {
    value = keep_leading_bits(value, rule.product_bits, rule.product_rounding);
    note(trace, "the product's leading bits", value, shift);
  }
  if (shift <= 0) {
    constexpr Int128 kBeyond = Int128{1} << 34;  // whatever the offset, the result is clipped
    value = std::clamp<Int128>(value, -kBeyond, kBeyond) << std::min(-shift, 34);
    return static_cast<std::int64_t>(std::clamp<Int128>(value + offset, INT32_MIN, INT32_MAX));
  }
  if (shift > kMostShift) {
    value = shift_right_sticky(value, shift - kMostShift);
    shift = kMostShift;
  }
  value += static_cast<Int128>(offset) << shift;
  if (offset != 0) note(trace, "plus the zero point", value, shift);
  if (shift > rule.guard_bits) {
    value >>= shift - rule.guard_bits;
    shift = rule.guard_bits;
    note(trace, "the bits that reach the rounding", value, shift);
  }
  return static_cast<std::int64_t>(
      std::clamp<Int128>(shift_right_rounded<Int128>(value, shift, rule.rounding), INT32_MIN, INT32_MAX));
}

/// TFLite's two roundings; multiply_by_quantized_multiplier is the definition, its parts are for the trace.
std::int64_t two_step_product(const RequantizeRule& rule, std::int32_t acc, QuantizedMultiplier m, Trace* trace) {
  if (trace != nullptr) {
    const std::int32_t left = m.exponent > 0 ? shift_left_wrapping(acc, m.exponent) : acc;
    const int right = m.exponent > 0 ? 0 : -m.exponent;
    trace->add("sum times multiplier", static_cast<Int128>(left) * m.multiplier, 31 + right);
    trace->add("first rounding, to the bits above the last shift",
               saturating_rounding_doubling_high_mul(left, m.multiplier), right);
  }
  return multiply_by_quantized_multiplier(acc, m, rule.rounding);
}

/// TFLite's MultiplyByQuantizedMultiplier of 64 bits: the product wraps at 64 bits, the result at 32. Where M reaches
/// 2^14 its shift is undefined; the result is then the exact one, clipped.
std::int64_t sixteen_bit_product(std::int64_t acc, QuantizedMultiplier m, Trace* trace) {
  const std::int32_t sixteen = sixteen_bit_multiplier(m.multiplier);
  const int shift = 15 - m.exponent;
  if (shift < 1 || shift > 63)
    return round_exact_product({.rounding = Rounding::kHalfUp}, acc, {sixteen, m.exponent}, 15, 0, trace);
  const std::int64_t product =
      static_cast<std::int64_t>(static_cast<std::uint64_t>(acc) * static_cast<std::uint64_t>(std::int64_t{sixteen}));
  note(trace, "sum times multiplier", product, shift);
  return wrap_int32(static_cast<std::int64_t>(shift_right_rounded<Int128>(product, shift, Rounding::kHalfUp)));
}

std::int64_t rounded_product(const RequantizeRule& rule, std::int64_t acc, const EffectiveMultiplier& scale,
                             std::int32_t offset, Trace* trace) {
  switch (rule.method) {
    case RequantizeRule::Method::kTwoStep:
      return two_step_product(rule, static_cast<std::int32_t>(acc), scale.fixed, trace) + std::int64_t{offset};
    case RequantizeRule::Method::kOneStep:
      return round_exact_product(rule, acc, scale.fixed, 31, offset, trace);
    case RequantizeRule::Method::kSignificand:
      return round_exact_product(rule, acc, scale.fixed, rule.multiplier_bits, offset, trace);
    case RequantizeRule::Method::kBinary32: {
      const float product = static_cast<float>(acc) * scale.binary32;
      note_real(trace, "sum as binary32", static_cast<double>(static_cast<float>(acc)));
      note_real(trace, "times the multiplier, as binary32", static_cast<double>(product));
      const float sum = offset == 0 ? product : product + static_cast<float>(offset);
      if (offset != 0) note_real(trace, "plus the zero point, as binary32", static_cast<double>(sum));
      return round_real(static_cast<double>(sum), rule.rounding);
    }
    case RequantizeRule::Method::kBinary64:
      note_real(trace, "sum times multiplier, as binary64", static_cast<double>(acc) * scale.binary64);
      return round_real(static_cast<double>(acc) * scale.binary64 + offset, rule.rounding);
    case RequantizeRule::Method::kSixteenBits:
      return sixteen_bit_product(acc, scale.fixed, trace) + std::int64_t{offset};
    case RequantizeRule::Method::kQ31:
      return round_exact_product({.rounding = Rounding::kHalfUp}, acc >> std::min(scale.fixed.exponent, 63),
                                 {scale.fixed.multiplier, 0}, 31, offset, trace);
  }
  return 0;
}

}  // namespace

std::int64_t requantize_zero_in_accumulator(std::int32_t zero_point, const EffectiveMultiplier& scale) {
  constexpr double kMost = 0x1p40;
  const double exact = scale.binary64 > 0 ? zero_point / scale.binary64 : 0;
  return static_cast<std::int64_t>(std::round(std::clamp(exact, -kMost, kMost)));
}

EffectiveMultiplier effective_multiplier(const RequantizeRule& rule, double real) {
  EffectiveMultiplier result;
  result.binary32 = static_cast<float>(real);
  result.binary64 = real;
  switch (rule.method) {
    case RequantizeRule::Method::kSignificand:
      result.fixed = significand_multiplier(result.binary32, rule.multiplier_bits, rule.multiplier_rounding);
      if (rule.multiplier_plus_one && result.fixed.multiplier < INT32_MAX) ++result.fixed.multiplier;
      break;
    case RequantizeRule::Method::kQ31:
      result.fixed.exponent = real < 1 || std::isinf(real) ? 0 : std::ilogb(real) + 1;
      result.fixed.multiplier = round_real(std::ldexp(real, 31 - result.fixed.exponent), Rounding::kHalfAwayFromZero);
      break;
    default:
      result.fixed = quantize_multiplier(real);
      break;
  }
  return result;
}

EffectiveMultiplier effective_multiplier(const RequantizeRule& rule, float s_in, float s_weight, float s_out) {
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
    case RequantizeRule::Scale::kBinary32QuotientFirst:
      real = static_cast<double>(s_in * (s_weight / s_out));
      break;
  }
  return effective_multiplier(rule, real);
}

void share_exponent(const RequantizeRule& rule, std::span<EffectiveMultiplier> channels) {
  if (!rule.common_exponent || channels.empty()) return;
  const int largest = std::ranges::max_element(channels, {}, [](const EffectiveMultiplier& c) {
                        return c.fixed.exponent;
                      })->fixed.exponent;
  for (EffectiveMultiplier& c : channels) {
    c.fixed.multiplier >>= std::min(largest - c.fixed.exponent, 31);
    c.fixed.exponent = largest;
  }
}

std::int32_t requantize(const RequantizeRule& rule, std::int64_t acc, const EffectiveMultiplier& scale,
                        std::int32_t zero_point, Trace* trace) {
  if (rule.zero_point_in_accumulator) {
    const std::int64_t sum = acc + requantize_zero_in_accumulator(zero_point, scale);
    note(trace, "sum plus the zero point over the multiplier", sum);
    const std::int64_t code = rounded_product(rule, sum, scale, 0, trace);
    note(trace, "rounded", code);
    return saturate_cast<std::int32_t>(code);
  }
  const std::int32_t inside = rule.zero_point_first ? zero_point : 0;
  const std::int32_t outside = rule.zero_point_first ? 0 : zero_point;
  const std::int64_t rounded = rounded_product(rule, acc, scale, inside, trace);
  note(trace, "rounded", rounded);
  if (outside != 0) note(trace, "plus the zero point", rounded + outside);
  return saturate_cast<std::int32_t>(rounded + outside);
}

MultiplierIntegers multiplier_integers(const RequantizeRule& rule, const EffectiveMultiplier& scale) {
  using Method = RequantizeRule::Method;
  if (rule.method == Method::kBinary32) return {static_cast<double>(scale.binary32)};
  if (rule.method == Method::kBinary64) return {scale.binary64};
  const bool sixteen = rule.method == Method::kSixteenBits;
  const std::int32_t mantissa = sixteen ? sixteen_bit_multiplier(scale.fixed.multiplier) : scale.fixed.multiplier;
  const int bits = sixteen ? 15 : rule.method == Method::kSignificand ? rule.multiplier_bits : 31;
  return {std::ldexp(mantissa, scale.fixed.exponent - bits), mantissa, scale.fixed.exponent, bits};
}

void trace_multiplier(const RequantizeRule& rule, const EffectiveMultiplier& scale, Trace& trace) {
  const MultiplierIntegers m = multiplier_integers(rule, scale);
  trace.add_real("multiplier", m.real);
  if (m.bits == 0) return;
  trace.add("  as integers: mantissa", m.mantissa);
  trace.add("  and shift: mantissa * 2^(shift - " + std::to_string(m.bits) + ")", m.shift);
}

std::int64_t accumulator_register(const RequantizeRule& rule, std::int64_t acc) {
  const int unused = 64 - rule.accumulator_bits;
  if (rule.accumulator_overflow == RequantizeRule::Overflow::kWraps)
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(acc) << unused) >> unused;
  return std::clamp(acc, INT64_MIN >> unused, INT64_MAX >> unused);
}

}  // namespace nputwin
