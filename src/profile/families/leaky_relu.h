#pragma once

#include "profile/families/family.h"

// LEAKY_RELU and PRELU.

namespace nputwin {

enum class LeakyReluMethod : std::uint8_t {
  kFixedPoint,  ///< one MBQM for each sign
  kEightBits,   ///< XNNPACK: the ratios as multiples of 1/256, half up
  kBinary32,    ///< QNNPACK: binary32, half to even, then the zero point
  kReal,        ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 4> kEnumNames<LeakyReluMethod> = {"fixed_point", "eight_bits", "binary32",
                                                                                "real"};
template <>
inline constexpr std::optional<LeakyReluMethod> kExactMethod<LeakyReluMethod> = LeakyReluMethod::kReal;
template <>
inline constexpr auto kDepartures<LeakyReluMethod> =
    std::array{Cause::kSecondRounding, Cause::kMultiplier, Cause::kBinary32Product, Cause::kSubstitution};

template <>
struct FamilyTraits<Family::kLeakyRelu> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Leaky RELU and PRELU";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.leaky_relu); }
};

}  // namespace nputwin
