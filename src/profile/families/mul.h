#pragma once

#include "profile/families/family.h"

// MUL.

namespace nputwin {

enum class MulMethod : std::uint8_t {
  kFixedPoint,  ///< product, then `mul`
  /// the same, but vector shifts by 32 and more give 0; the last size mod 16 elements scalar
  kFixedPointVectorized,
  kReal,  ///< product * M in binary64
};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<MulMethod> = {"fixed_point", "fixed_point_vectorized",
                                                                          "real"};
template <>
inline constexpr std::optional<MulMethod> kExactMethod<MulMethod> = MulMethod::kReal;
template <>
inline constexpr auto kDepartures<MulMethod> =
    std::array{Cause::kSecondRounding, Cause::kSecondRounding, Cause::kSubstitution};

template <>
struct FamilyTraits<Family::kMul> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Multiplication";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.mul_method); }
};

}  // namespace nputwin
