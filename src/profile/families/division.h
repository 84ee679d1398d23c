#pragma once

#include "profile/families/family.h"

// DIV.

namespace nputwin {

enum class DivMethod : std::uint8_t {
  kFixedPoint,  ///< reciprocal by Newton steps (TFLite)
  kReal,        ///< the quotient in binary64
};
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<DivMethod> = {"fixed_point", "real"};
template <>
inline constexpr std::optional<DivMethod> kExactMethod<DivMethod> = DivMethod::kReal;
template <>
inline constexpr auto kDepartures<DivMethod> = std::array{Cause::kSecondRounding, Cause::kSubstitution};

template <>
struct FamilyTraits<Family::kDivision> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Division";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.div); }
};

}  // namespace nputwin
