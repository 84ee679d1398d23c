#pragma once

#include "profile/families/family.h"

// MEAN.

namespace nputwin {

enum class MeanMethod : std::uint8_t {
  kFoldedCount,  ///< 1/n folded into the multiplier, one MBQM of sum - n*zp (TFLite >= 2.13, generic)
  /// MBQM of the sum, then an integer division by n (TFLite <= 2.12 reference, axes 1 and 2)
  kScaledThenDivided,
  /// binary32 set-up, MBQM of the raw sum plus a bias (TFLite optimised, axes 1 and 2), built without vector code
  kBinary32Bias,
  kBinary32BiasVectorized,  ///< the same; blocks of 16 channels break ties upward, the last ones away from zero
  kBinary32Mean,            ///< binary32 mean, scale and bias; half away from zero (TFLite <= 2.12, other axes)
  kBinary32,                ///< XNNPACK: binary32(sum)*scale + bias, by `real_rounding`
  kRescaledSum,             ///< the sum of q - zp by the profile's `average`
  kReal,                    ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 8> kEnumNames<MeanMethod> = {
    "folded_count", "scaled_then_divided", "binary32_bias", "binary32_bias_vectorized", "binary32_mean",
    "binary32",     "rescaled_sum",        "real"};
template <>
inline constexpr std::optional<MeanMethod> kExactMethod<MeanMethod> = MeanMethod::kReal;
template <>
inline constexpr auto kDepartures<MeanMethod> =
    std::array{Cause::kMultiplier,      Cause::kSecondRounding,  Cause::kBinary32Product, Cause::kBinary32Product,
               Cause::kBinary32Product, Cause::kBinary32Product, Cause::kMultiplier,      Cause::kSubstitution};

/// By the reduced axes (spatial: 1 and 2 of rank 4, kept) and the type.
struct MeanRules {
  MeanMethod int8_spatial, uint8_spatial, int16_spatial, general;
  bool negative_axes_count = false;  ///< -3 and -2 are spatial too
  bool operator==(const MeanRules&) const = default;

  static constexpr MeanRules same(MeanMethod m) { return {m, m, m, m}; }
};

template <>
struct FamilyTraits<Family::kMean> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Mean";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.mean.general); }
};

}  // namespace nputwin
