#pragma once

#include "profile/families/family.h"

// SUM and REDUCE_PROD.

namespace nputwin {

enum class SumMethod : std::uint8_t {
  kFixedPoint,  ///< MBQM of sum - n*zp (TFLite 2.13, TensorFlow Lite Micro)
  /// The same; int8 codes are read and written as uint8 ones (a fault of TFLite's reference kernel since 2.14)
  kFixedPointOfBytes,
  kBinary32HalfAway,  ///< binary32, half away from zero (TFLite >= 2.13, optimised)
  kWrapping,          ///< the codes' sum, whatever the scales (int16)
  kBinary32Wrapping,  ///< binary32, half away from zero; wraps beyond the type's range (TFLite <= 2.12)
  kBinary32,          ///< XNNPACK: binary32(sum)*scale + bias, by `real_rounding`
  kReal,              ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 7> kEnumNames<SumMethod> = {
    "fixed_point", "fixed_point_of_bytes", "binary32_half_away", "wrapping", "binary32_wrapping", "binary32", "real"};
template <>
inline constexpr std::optional<SumMethod> kExactMethod<SumMethod> = SumMethod::kReal;
template <>
inline constexpr auto kDepartures<SumMethod> =
    std::array{Cause::kSecondRounding, Cause::kSecondRounding,  Cause::kBinary32Product, Cause::kOverflow,
               Cause::kOverflow,       Cause::kBinary32Product, Cause::kSubstitution};

enum class ProdMethod : std::uint8_t {
  kScaledSteps,  ///< every step scaled by s_in / s_out^(1/n) in 16 bits (TFLite)
  kReal,         ///< the real product
};
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<ProdMethod> = {"scaled_steps", "real"};
template <>
inline constexpr std::optional<ProdMethod> kExactMethod<ProdMethod> = ProdMethod::kReal;

/// REDUCE_PROD of codes over axes of size 1 alone.
enum class ProdOfOneMethod : std::uint8_t {
  kScaled,     ///< as any other
  kCopied,     ///< the input's codes (LiteRT's optimised kernels since 2.3)
  kUndefined,  ///< what the memory held (optimised kernels before)
};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<ProdOfOneMethod> = {"scaled", "copied", "undefined"};

template <>
struct FamilyTraits<Family::kSum> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Sum and product";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.sum); }
};

}  // namespace nputwin
