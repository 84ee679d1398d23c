#pragma once

#include "profile/families/family.h"

// CONCATENATION.

namespace nputwin {

enum class ConcatenationMethod : std::uint8_t {
  kBinary32HalfAway,  ///< inputs of another scale: binary32 rescale, half away from zero
  kCopies,            ///< the codes as they are, whatever the scales (Mesa)
  kReal,              ///< code * the ratio in binary32
};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<ConcatenationMethod> = {"binary32_half_away", "copies",
                                                                                    "real"};
template <>
inline constexpr std::optional<ConcatenationMethod> kExactMethod<ConcatenationMethod> = ConcatenationMethod::kReal;
template <>
inline constexpr auto kDepartures<ConcatenationMethod> =
    std::array{Cause::kBinary32Product, Cause::kSubstitution, Cause::kBinary32Product};

template <>
struct FamilyTraits<Family::kConcatenation> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Concatenation";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.concatenation); }
};

}  // namespace nputwin
