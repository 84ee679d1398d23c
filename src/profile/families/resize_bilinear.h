#pragma once

#include "profile/families/family.h"

// RESIZE_BILINEAR.

namespace nputwin {

enum class ResizeBilinearMethod : std::uint8_t {
  kTenBits,       ///< int8: 10-bit positions and weights, half away from zero; uint8: binary32, +0.5 cut off
  kWeightsFirst,  ///< the same; for uint8 the two weights' product first (optimised)
  kFactored,      ///< the same; for uint8 as compiled with re-association for AArch64 (reference before LiteRT)
  kElevenBits,    ///< XNNPACK: 11-bit weights, half up
};
template <>
inline constexpr std::array<std::string_view, 4> kEnumNames<ResizeBilinearMethod> = {"ten_bits", "weights_first",
                                                                                     "factored", "eleven_bits"};

template <>
struct FamilyTraits<Family::kResizeBilinear> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Bilinear resize";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kMultiplier; }
};

}  // namespace nputwin
