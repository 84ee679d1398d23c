#pragma once

#include "profile/families/family.h"

// QUANTIZE, of unquantized values and of codes.

namespace nputwin {

/// Values to codes.
enum class QuantizeMethod : std::uint8_t {
  kDivideHalfAway,      ///< v / s in binary32, half away from zero, then the zero point (reference)
  kDivideWideHalfAway,  ///< the same with v / s in binary64 (optimised without vector code)
  kReciprocalHalfAway,  ///< v * (1/s) in binary32, half away from zero: reference kernels on AArch64 before LiteRT
  kReciprocalHalfEven,  ///< v * (1/s) in binary32, half to even, then the zero point (XNNPACK)
  /// as kReciprocalHalfEven; the last size mod 8 elements as binary64 v/s, half away from zero
  kReciprocalVectorized,
  kDivideHalfEvenWithZero,  ///< v / s + zero point in binary32, half to even (VIP)
};
template <>
inline constexpr std::array<std::string_view, 6> kEnumNames<QuantizeMethod> = {
    "divide_half_away",     "divide_wide_half_away", "reciprocal_half_away",
    "reciprocal_half_even", "reciprocal_vectorized", "divide_half_even_with_zero"};

/// Codes to codes of another scale.
enum class RequantizeMethod : std::uint8_t {
  kScalar,      ///< MBQM, half away from zero (reference)
  kVectorized,  ///< MBQM; blocks of 16 half up, the last size mod 16 half away from zero (optimised, NEON)
  kEightBits,   ///< XNNPACK: the ratio as a multiple of 1/256, half up
  kReal,        ///< code * the ratio in binary32
};
template <>
inline constexpr std::array<std::string_view, 4> kEnumNames<RequantizeMethod> = {"scalar", "vectorized", "eight_bits",
                                                                                 "real"};
template <>
inline constexpr std::optional<RequantizeMethod> kExactMethod<RequantizeMethod> = RequantizeMethod::kReal;
template <>
inline constexpr auto kDepartures<RequantizeMethod> =
    std::array{Cause::kBinary32Product, Cause::kBinary32Product, Cause::kMultiplier, Cause::kBinary32Product};

template <>
struct FamilyTraits<Family::kQuantize> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Quantization";
  static constexpr bool kOfAllTypes = true;
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.requantize); }
};

}  // namespace nputwin
