#pragma once

#include "profile/families/family.h"

// ADD and SUB.

namespace nputwin {

enum class AddMethod : std::uint8_t {
  kTwoStage,  ///< inputs scaled by 2^20 and MBQM, sum scaled by MBQM: TFLite's scalar code
  /// the same with the input's right shift folded into the left one; the last size mod 16 elements scalar
  kTwoStageVectorized,
  kSharedShift,          ///< XNNPACK: 21-bit multipliers, one shift, half up
  kSharedShiftHalfAway,  ///< QNNPACK: 22-bit multipliers, one shift, half away from zero
  kBinary32Fused,        ///< MLAS with AVX2: both ratios and the zero points in binary32, fused, half to even
  /// Mesa, NN core v8: a convolution with 8-bit weights, whose scale the larger of both ratios sets
  kEightBitWeights,
  /// VeriSilicon's stack, and Mesa on NN core v7: the same, input 1 with input 0's zero point and a correction that is
  /// rounded by itself
  kEightBitWeightsSharedZero,
  kReal,    ///< (a*s_a + b*s_b)/s_out in binary64
  kAbsent,  ///< the side has no such op of codes: refused
};
template <>
inline constexpr std::array<std::string_view, 9> kEnumNames<AddMethod> = {"two_stage",
                                                                          "two_stage_vectorized",
                                                                          "shared_shift",
                                                                          "shared_shift_half_away",
                                                                          "binary32_fused",
                                                                          "eight_bit_weights",
                                                                          "eight_bit_weights_shared_zero",
                                                                          "real",
                                                                          "absent"};
template <>
inline constexpr std::optional<AddMethod> kExactMethod<AddMethod> = AddMethod::kReal;
template <>
inline constexpr auto kDepartures<AddMethod> = std::array{
    Cause::kSecondRounding, Cause::kSecondRounding, Cause::kMultiplier,   Cause::kMultiplier,  Cause::kBinary32Product,
    Cause::kSubstitution,   Cause::kSubstitution,   Cause::kSubstitution, Cause::kSubstitution};

template <>
struct FamilyTraits<Family::kAdd> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Addition and subtraction";
  static constexpr Cause departure(const auto& profile) { return departure_of(profile.add); }
};

}  // namespace nputwin
