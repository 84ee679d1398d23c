#pragma once

#include <cstdint>
#include <span>

#include "fixed/multiplier.h"
#include "fixed/requantize_trace.h"
#include "fixed/rounding.h"

namespace nputwin {

/// How an exact integer accumulator becomes an output code, before the clamp to the output's range:
///
///   y = zero_point + round(acc * M)      M ~ s_in * s_weight / s_out, one for each output channel
///
/// Each field says one thing in which runtimes and chips differ. 2.5 and -2.5 are in rounding.h.
struct RequantizeRule {
  enum class Method : std::uint8_t {
    /// M as a 31-bit integer. Two roundings: SRDHM (half up), then the power of two by `rounding`. TFLite's
    /// "double".
    kTwoStep,
    /// M as a 31-bit integer, exact 62-bit product, one rounding by `rounding`. "single".
    kOneStep,
    /// binary32(acc) * binary32(M), one binary32 product rounded to even, then to an integer by `rounding`.
    kBinary32,
    /// binary64(acc) * binary64(M), then to an integer by `rounding`.
    kBinary64,
    /// M as its `multiplier_bits` leading significand bits, exact product, one rounding by `rounding`.
    kSignificand,
    /// M as a 31-bit integer rounded half up to 16 bits, exact product of a 64-bit accumulator, one rounding half
    /// up. TFLite's int16 layers with an int64 bias.
    kSixteenBits,
    /// M as a multiple of 2^-31, not normalized: a small M has few bits. floor(acc / 2^k) first, where M >= 1 needs
    /// 2^k; then one rounding half up. Hexagon nnlib.
    kQ31,
  };
  /// In which precision M is formed: all in binary64; the product s_in*s_w in binary32 and the quotient in
  /// binary64; all in binary32; all in binary32 with the quotient s_w/s_out first.
  enum class Scale : std::uint8_t { kBinary64, kBinary32Product, kBinary32, kBinary32QuotientFirst };
  /// What the accumulator register does with a sum beyond its bits.
  enum class Overflow : std::uint8_t { kWraps, kSaturates };

  Method method = Method::kTwoStep;
  Scale scale = Scale::kBinary64;
  Rounding rounding = Rounding::kHalfAwayFromZero;
  int multiplier_bits = 24;                         ///< kSignificand only: 1 to 31
  Rounding multiplier_rounding = Rounding::kFloor;  ///< kSignificand only: how M loses its lower bits
  bool multiplier_plus_one = false;                 ///< kSignificand only: then one unit more in the last place
  /// kSignificand and kQ31: all channels have the power of two of the largest M, so that smaller M lose lower bits.
  bool common_exponent = false;
  /// kOneStep and kSignificand: how many leading bits the product acc*M keeps, and how it loses the others; 0: all.
  int product_bits = 0;
  Rounding product_rounding = Rounding::kTowardZero;
  /// kOneStep and kSignificand: how many bits under the result's last one reach the rounding, the others being cut
  /// off (floor); kAllGuardBits: all.
  int guard_bits = kAllGuardBits;
  bool zero_point_first = false;  ///< round(acc*M + zero_point): parity decides half-to-even
  /// round(acc + zero_point / M), the quotient half away from zero: the zero point is part of the bias, and no exact
  /// one.
  bool zero_point_in_accumulator = false;
  int accumulator_bits = 32;  ///< 2 to 64
  Overflow accumulator_overflow = Overflow::kWraps;

  static constexpr int kAllGuardBits = 64;
  bool operator==(const RequantizeRule&) const = default;
};

template <>
inline constexpr std::array<std::string_view, 7> kNames<RequantizeRule::Method> = {
    "two_step", "one_step", "binary32", "binary64", "significand", "sixteen_bits", "q31"};
template <>
inline constexpr std::array<std::string_view, 4> kNames<RequantizeRule::Scale> = {
    "binary64", "binary32_product", "binary32", "binary32_quotient_first"};
template <>
inline constexpr std::array<std::string_view, 2> kNames<RequantizeRule::Overflow> = {"wraps", "saturates"};

/// M as a rule needs it, made once in prepare.
struct Rescale {
  QuantizedMultiplier fixed;  // kTwoStep, kOneStep, kQ31 (31 bits), kSignificand (multiplier_bits)
  float binary32 = 0;         // kBinary32
  double binary64 = 0;        // kBinary64
};

/// M for a real scale that somebody else has formed.
[[nodiscard]] Rescale make_rescale(const RequantizeRule& rule, double real);

[[nodiscard]] Rescale make_rescale(const RequantizeRule& rule, float s_in, float s_weight, float s_out);

/// For the channels of one layer, what `common_exponent` says.
void share_exponent(const RequantizeRule& rule, std::span<Rescale> channels);

/// The definition: every faster form must equal it. `acc` is what the accumulator register holds after the
/// rule's overflow behaviour. The result is clipped to int32. `trace`, if any, is told each step.
[[nodiscard]] std::int32_t requantize(const RequantizeRule& rule, std::int64_t acc, const Rescale& scale,
                                      std::int32_t zero_point, RequantizeTrace* trace = nullptr);

/// The exact sum `acc` as the rule's accumulator register holds it at the end.
[[nodiscard]] std::int64_t accumulator_register(const RequantizeRule& rule, std::int64_t acc);

}  // namespace nputwin
