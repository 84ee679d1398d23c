#pragma once

#include "profile/families/family.h"

// ABS, NEG, SQUARE, SQRT, RSQRT, FLOOR, SQUARED_DIFFERENCE.

namespace nputwin {

enum class SquaredDifferenceMethod : std::uint8_t {
  kFixedPoint,  ///< 7 more bits for the difference, then its square (TFLite)
  /// the difference as a code of the output, then its square: what is below the output's range is lost
  /// (tflite-vx-delegate)
  kSubThenPow,
};
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<SquaredDifferenceMethod> = {"fixed_point", "sub_then_pow"};
template <>
inline constexpr auto kDepartures<SquaredDifferenceMethod> = std::array{Cause::kSecondRounding, Cause::kSubstitution};

template <>
struct FamilyTraits<Family::kArithmetic> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Arithmetic functions";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.squared_difference); }
};

}  // namespace nputwin
