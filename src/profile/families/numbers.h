#pragma once

#include "profile/families/family.h"

// All ops of unquantized values.

namespace nputwin {

/// How L2_POOL_2D makes a mean of its sum.
enum class L2PoolMethod : std::uint8_t {
  kQuotient,    ///< over the count (reference kernels)
  kReciprocal,  ///< times the count's reciprocal (optimised kernels)
  kEstimate,    ///< its root by the processor's estimate and a Newton step, not known (TensorFlow's wheels)
};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<L2PoolMethod> = {"quotient", "reciprocal", "estimate"};

template <>
struct FamilyTraits<Family::kNumbers> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Numbers";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kBinary32Product; }
};

}  // namespace nputwin
