#pragma once

#include <cstdint>
#include <span>

#include "fixed/multiplier.h"
#include "fixed/rounding.h"
#include "fixed/trace.h"

namespace nputwin {

/// How an exact integer accumulator becomes an output code, before the clamp to the output's range:
///
///   y = zero_point + round(acc * M)      M ~ s_in * s_weight / s_out, one for each output channel
///
/// Each field says one thing in which runtimes and chips differ; docs/profiles.md shows these comments. rounding.h says
/// what 2.5 and -2.5 become.
struct RequantizeRule {
  enum class Method : std::uint8_t {
    /// M as a 31-bit integer. Two roundings: the high half of the doubled product half up (SRDHM), then the power of
    /// two by `ties`. TFLite's "double" rounding.
    kTwoStep,
    /// M as a 31-bit integer, exact 62-bit product, one rounding by `ties`. TFLite's "single" rounding.
    kOneStep,
    /// float32(acc) * float32(M), one float32 product rounded to even, then to an integer by `ties`.
    kBinary32,
    /// float64(acc) * float64(M), then to an integer by `ties`.
    kBinary64,
    /// M as its `multiplier_bits` leading significand bits, exact product, one rounding by `ties`.
    kSignificand,
    /// M as a 31-bit integer rounded half up to 16 bits, product of a 64-bit accumulator, one rounding half up; the
    /// result wraps at 32 bits. TFLite's int16 layers with sums of 64 bits.
    kSixteenBits,
    /// M as a multiple of 2^-31, not normalized: a small M has few bits. floor(acc / 2^k) first, where M >= 1 needs
    /// 2^k; then one rounding half up. Hexagon nnlib.
    kQ31,
  };
  /// In which precision M is formed: all in float64; the product s_in*s_w in float32 and the quotient in float64; all
  /// in float32; all in float32 with the quotient s_w/s_out first.
  enum class Scale : std::uint8_t { kBinary64, kBinary32Product, kBinary32, kBinary32QuotientFirst };
  /// What the accumulator register does with a sum beyond its bits.
  enum class Overflow : std::uint8_t { kWraps, kSaturates };

  /// What is multiplied, in which precision, and how often the product is rounded.
  Method method = Method::kTwoStep;
  /// The precision in which M is formed, and which quotient or product comes first.
  Scale scale = Scale::kBinary64;
  /// The rounding to an integer.
  Rounding rounding = Rounding::kHalfAwayFromZero;
  /// `significand` only: bits of M.
  int multiplier_bits = 24;
  /// `significand` only: how M loses its lower bits.
  Rounding multiplier_rounding = Rounding::kFloor;
  /// `significand` only: M is then one unit more in its last place.
  bool multiplier_plus_one = false;
  /// `significand` and `q31`: all channels have the power of two of the largest M, so that smaller M lose lower bits.
  bool common_exponent = false;
  /// `one_step` and `significand`: how many leading bits the product acc * M keeps; 0: all.
  int product_bits = 0;
  /// How the product loses its other bits.
  Rounding product_rounding = Rounding::kTowardZero;
  /// `one_step` and `significand`: how many bits below the result's last one reach the rounding, the others being cut
  /// off (floor); 64: all.
  int guard_bits = kAllGuardBits;
  /// round(acc * M + zero_point) instead of round(acc * M) + zero_point: the sum's parity decides half-to-even.
  bool zero_point_first = false;
  /// round((acc + zero_point / M) * M), that quotient rounded half away from zero: the zero point is part of the bias,
  /// and not exact.
  bool zero_point_in_accumulator = false;
  /// The width of the register that holds the sum.
  int accumulator_bits = 32;
  /// What that register does with a sum beyond its bits.
  Overflow accumulator_overflow = Overflow::kWraps;

  static constexpr int kAllGuardBits = 64;
  bool operator==(const RequantizeRule&) const = default;
};

template <>
inline constexpr std::array<std::string_view, 7> kEnumNames<RequantizeRule::Method> = {
    "two_step", "one_step", "binary32", "binary64", "significand", "sixteen_bits", "q31"};
template <>
inline constexpr std::array<std::string_view, 4> kEnumNames<RequantizeRule::Scale> = {
    "binary64", "binary32_product", "binary32", "binary32_quotient_first"};
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<RequantizeRule::Overflow> = {"wraps", "saturates"};

/// M as a rule needs it, made once in prepare.
struct EffectiveMultiplier {
  QuantizedMultiplier fixed;  // kTwoStep, kOneStep, kQ31 (31 bits), kSignificand (multiplier_bits)
  float binary32 = 0;         // kBinary32
  double binary64 = 0;        // kBinary64

  bool operator==(const EffectiveMultiplier&) const = default;
};

/// M for a real scale that somebody else has formed.
[[nodiscard]] EffectiveMultiplier effective_multiplier(const RequantizeRule& rule, double real);

[[nodiscard]] EffectiveMultiplier effective_multiplier(const RequantizeRule& rule, float s_in, float s_weight,
                                                       float s_out);

/// For the channels of one layer, what `common_exponent` says.
void share_exponent(const RequantizeRule& rule, std::span<EffectiveMultiplier> channels);

/// The definition: every faster form must equal it. `acc` is what the accumulator register holds after the
/// rule's overflow behaviour. The result is clipped to int32. `trace`, if any, is told each step.
[[nodiscard]] std::int32_t requantize(const RequantizeRule& rule, std::int64_t acc, const EffectiveMultiplier& scale,
                                      std::int32_t zero_point, Trace* trace = nullptr);

/// zero_point / M, kept far inside 64 bits: what a rule with zero_point_in_accumulator adds to the sum.
[[nodiscard]] std::int64_t requantize_zero_in_accumulator(std::int32_t zero_point, const EffectiveMultiplier& scale);

/// M as a rule stores it: mantissa * 2^(shift - bits), or, with bits 0, a real number. `q31` is floor(sum / 2^shift)
/// times mantissa / 2^31.
struct MultiplierIntegers {
  double real;
  std::int32_t mantissa = 0;
  int shift = 0, bits = 0;
};
[[nodiscard]] MultiplierIntegers multiplier_integers(const RequantizeRule& rule, const EffectiveMultiplier& scale);

/// Notes M as the rule stores it: its value and, where it is one, the integer and the power of two.
void trace_multiplier(const RequantizeRule& rule, const EffectiveMultiplier& scale, Trace& trace);

/// The exact sum `acc` as the rule's accumulator register holds it at the end.
[[nodiscard]] std::int64_t accumulator_register(const RequantizeRule& rule, std::int64_t acc);

}  // namespace nputwin
