#pragma once

#include "profile/families/family.h"

// SOFTMAX.

namespace nputwin {

enum class SoftmaxMethod : std::uint8_t {
  kFixedPoint,       ///< gemmlowp exp and reciprocal, Q5.26 (reference kernels)
  kBinary32Table,    ///< 256 binary32 exponentials, binary32 sum and product (optimised kernels)
  kUint16Table,      ///< 16-bit table, integer sum, MBQM (optimised kernels on AArch64)
  kUint32Table,      ///< QNNPACK: table of 23 bits, integer sum and quotient, half up
  kFixedPointTable,  ///< TensorFlow's TOSA: kFixedPoint with exponentials from a 32-bit table, half up
  kReal,             ///< binary64
};
template <>
inline constexpr std::array<std::string_view, 6> kEnumNames<SoftmaxMethod> = {
    "fixed_point", "binary32_table", "uint16_table", "uint32_table", "fixed_point_table", "real"};
template <>
inline constexpr std::optional<SoftmaxMethod> kExactMethod<SoftmaxMethod> = SoftmaxMethod::kReal;

template <>
struct FamilyTraits<Family::kSoftmax> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Softmax";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kTable; }
};

}  // namespace nputwin
