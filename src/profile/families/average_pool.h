#pragma once

#include "profile/families/family.h"

// AVERAGE_POOL_2D.

namespace nputwin {

enum class PoolMethod : std::uint8_t {
  kRawHalfAway,  ///< average of the stored codes, half away from zero
  /// the sum of q - zp over the whole window, padding included, by the profile's `average` (QNNPACK)
  kRescaledWindow,
  kReciprocal,  ///< the sum of q - zp times a 31-bit reciprocal of the count, half up (TOSA)
  kReal,        ///< the mean
};
template <>
inline constexpr std::array<std::string_view, 4> kEnumNames<PoolMethod> = {"raw_half_away", "rescaled_window",
                                                                           "reciprocal", "real"};
template <>
inline constexpr std::optional<PoolMethod> kExactMethod<PoolMethod> = PoolMethod::kReal;
template <>
inline constexpr auto kDepartures<PoolMethod> =
    std::array{Cause::kSubstitution, Cause::kMultiplier, Cause::kMultiplier, Cause::kSubstitution};

template <>
struct FamilyTraits<Family::kAveragePool> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Average pooling";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.average_pool); }
};

}  // namespace nputwin
