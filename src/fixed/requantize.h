#pragma once

#include <cstdint>

#include "fixed/multiplier.h"
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
  };
  /// In which precision M is formed: all in binary64; the product s_in*s_w in binary32 and the quotient in
  /// binary64; all in binary32.
  enum class Scale : std::uint8_t { kBinary64, kBinary32Product, kBinary32 };
  /// What the accumulator register does beyond 32 bits.
  enum class Accumulator : std::uint8_t { kWraps32, kSaturates32, kHolds64 };

  Method method = Method::kTwoStep;
  Scale scale = Scale::kBinary64;
  Rounding rounding = Rounding::kHalfAwayFromZero;
  int multiplier_bits = 24;                         // kSignificand only
  Rounding multiplier_rounding = Rounding::kFloor;  // kSignificand only: how M loses its lower bits
  bool zero_point_first = false;                    // round(acc*M + zero_point): parity decides half-to-even
  Accumulator accumulator = Accumulator::kWraps32;

  bool operator==(const RequantizeRule&) const = default;
};

/// M as a rule needs it, made once in prepare.
struct Rescale {
  QuantizedMultiplier fixed;  // kTwoStep, kOneStep (31 bits), kSignificand (multiplier_bits)
  float binary32 = 0;         // kBinary32
  double binary64 = 0;        // kBinary64
};

[[nodiscard]] Rescale make_rescale(const RequantizeRule& rule, float s_in, float s_weight, float s_out);

/// The definition: every faster form must equal it. `acc` is what the accumulator register holds after the
/// rule's overflow behaviour. The result is clipped to int32.
[[nodiscard]] std::int32_t requantize(const RequantizeRule& rule, std::int64_t acc, const Rescale& scale,
                                      std::int32_t zero_point);

/// The exact sum `acc` as the rule's accumulator register holds it.
[[nodiscard]] std::int64_t accumulator_register(const RequantizeRule& rule, std::int64_t acc);

}  // namespace nputwin
