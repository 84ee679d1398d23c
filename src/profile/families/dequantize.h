#pragma once

#include "profile/families/family.h"

// DEQUANTIZE.

namespace nputwin {

enum class DequantizeMethod : std::uint8_t {
  kBinary64,        ///< binary64 scale * (code - zp), to binary32
  kBinary32,        ///< binary32 product
  kBinary32Offset,  ///< code * s + (-zp * s) in binary32; the last size mod 8 as kBinary64 (optimised, NEON)
};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<DequantizeMethod> = {"binary64", "binary32",
                                                                                 "binary32_offset"};

template <>
struct FamilyTraits<Family::kDequantize> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Dequantization";
  static constexpr bool kOfAllTypes = true;
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kBinary32Product; }
};

}  // namespace nputwin
