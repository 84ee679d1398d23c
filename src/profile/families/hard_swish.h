#pragma once

#include "profile/families/family.h"

// HARD_SWISH.

namespace nputwin {

enum class HardSwishMethod : std::uint8_t {
  kFixedPoint,            ///< 16-bit fixed point (TFLite's scalar code)
  kFixedPointVectorized,  ///< the same with NEON's roundings in blocks of 8
  kBinary32,              ///< binary32, operation by operation, half to even with the zero point (VeriSilicon's shader)
  kReal,                  ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 4> kEnumNames<HardSwishMethod> = {"fixed_point", "fixed_point_vectorized",
                                                                                "binary32", "real"};
template <>
inline constexpr std::optional<HardSwishMethod> kExactMethod<HardSwishMethod> = HardSwishMethod::kReal;
template <>
inline constexpr auto kDepartures<HardSwishMethod> =
    std::array{Cause::kSecondRounding, Cause::kSecondRounding, Cause::kBinary32Product, Cause::kSubstitution};

template <>
struct FamilyTraits<Family::kHardSwish> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Hard swish";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.hard_swish); }
};

}  // namespace nputwin
