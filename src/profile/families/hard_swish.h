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

/// HARD_SWISH of binary32 numbers, each step rounded; r6 = min(max(x + 3, 0), 6), s = 1/6 in binary32.
enum class HardSwishOfNumbers : std::uint8_t {
  kDivided,             ///< (x r6) / 6. TFLite's reference kernels
  kSixthLast,           ///< (x r6) s. Optimised kernels of x86-64 builds before LiteRT
  kSixthFirst,          ///< (x s) r6. Wheels of tflite-runtime for AArch64
  kSixthFirstInBlocks,  ///< (x s) r6 in blocks of 4, the last size mod 4 elements (x r6) s. Other optimised kernels
  kClipped,             ///< x min(max(fma(x, s, 1/2), 0), 1). XNNPACK
};
template <>
inline constexpr std::array<std::string_view, 5> kEnumNames<HardSwishOfNumbers> = {
    "divided", "sixth_last", "sixth_first", "sixth_first_in_blocks", "clipped"};

template <>
struct FamilyTraits<Family::kHardSwish> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Hard swish";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.hard_swish); }
};

}  // namespace nputwin
