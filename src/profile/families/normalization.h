#pragma once

#include "profile/families/family.h"

// L2_NORMALIZATION and LOCAL_RESPONSE_NORMALIZATION.

namespace nputwin {

/// How L2_NORMALIZATION of binary32 numbers adds the squares of a row, and divides.
enum class L2NormOfNumbers : std::uint8_t {
  kInOrder,    ///< one after the other, each square rounded
  kFused,      ///< one after the other, each square fused with its addition
  kEights,     ///< full eights as kInOrder, the rest as kFused
  kFourLanes,  ///< in four lanes, fused; the lanes in pairs, the rest fused; times the length's reciprocal
};
template <>
inline constexpr std::array<std::string_view, 4> kEnumNames<L2NormOfNumbers> = {"in_order", "fused", "eights",
                                                                                "four_lanes"};

template <>
struct FamilyTraits<Family::kNormalization> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Normalization";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kSecondRounding; }
};

}  // namespace nputwin
