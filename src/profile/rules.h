#pragma once

#include <string_view>

#include "fixed/requantize.h"

namespace nputwin::rules {

// The named rules of docs/arithmetic/README.md. 2.5 and -2.5 become:

/// 3 and -3. TFLite's reference code.
inline constexpr RequantizeRule kDouble{};

/// 3 and -2. NEON helpers and ruy on x86 with AVX.
inline constexpr RequantizeRule kDoubleHalfUp{.rounding = Rounding::kHalfUp};

/// 3 and -2. ruy on ARM.
inline constexpr RequantizeRule kSingle{.method = RequantizeRule::Method::kOneStep, .rounding = Rounding::kHalfUp};

/// 2 and -2. XNNPACK's int8 kernels, and its uint8 ones on x86.
inline constexpr RequantizeRule kF32{.method = RequantizeRule::Method::kBinary32,
                                     .scale = RequantizeRule::Scale::kBinary32,
                                     .rounding = Rounding::kHalfToEven};

/// 3 and -2. XNNPACK's "rndnu": uint8 kernels and MUL on ARM.
inline constexpr RequantizeRule kRndnu{.method = RequantizeRule::Method::kSignificand,
                                       .scale = RequantizeRule::Scale::kBinary32,
                                       .rounding = Rounding::kHalfUp};

/// 3 and -3. LiteRT's reference FULLY_CONNECTED since 1.3.
inline constexpr RequantizeRule kReal64{.method = RequantizeRule::Method::kBinary64};

/// The same of a 64-bit accumulator: LiteRT's FULLY_CONNECTED of int16 codes.
inline constexpr RequantizeRule kReal64Wide{.method = RequantizeRule::Method::kBinary64, .accumulator_bits = 64};

/// 3 and -2. TFLite's int16 layers with sums of 64 bits.
inline constexpr RequantizeRule kSixteenBits{
    .method = RequantizeRule::Method::kSixteenBits, .rounding = Rounding::kHalfUp, .accumulator_bits = 64};

/// 2 and -2 for an even zero point, 3 and -3 for an odd one. VeriSilicon VIP, NN core v8.
inline constexpr RequantizeRule kVipV8{.method = RequantizeRule::Method::kSignificand,
                                       .scale = RequantizeRule::Scale::kBinary32,
                                       .rounding = Rounding::kHalfToEven,
                                       .zero_point_first = true,
                                       .accumulator_overflow = RequantizeRule::Overflow::kSaturates};

/// The same with 16 bits of M, the others cut off. VeriSilicon VIP, NN core v7.
inline constexpr RequantizeRule kVipV7 = [] {
  RequantizeRule rule = kVipV8;
  rule.multiplier_bits = 16;
  return rule;
}();

/// 3 and -3. NVDLA's output converter: M cut off to 15 bits at the power of two of the layer's largest M.
inline constexpr RequantizeRule kNvdla{.method = RequantizeRule::Method::kSignificand,
                                       .scale = RequantizeRule::Scale::kBinary32,
                                       .multiplier_bits = 15,
                                       .common_exponent = true,
                                       .zero_point_in_accumulator = true,
                                       .accumulator_overflow = RequantizeRule::Overflow::kSaturates};

/// 3 and -3. The same converter as Mesa's rocket driver sets it: 15 bits of M plus one unit.
inline constexpr RequantizeRule kRocket{.method = RequantizeRule::Method::kSignificand,
                                        .scale = RequantizeRule::Scale::kBinary32,
                                        .multiplier_bits = 15,
                                        .multiplier_plus_one = true,
                                        .accumulator_overflow = RequantizeRule::Overflow::kSaturates};

/// 3 and -2. Hexagon nnlib: M as a multiple of 2^-31, the zero point scaled into the bias.
inline constexpr RequantizeRule kHexagon{.method = RequantizeRule::Method::kQ31,
                                         .scale = RequantizeRule::Scale::kBinary32,
                                         .rounding = Rounding::kHalfUp,
                                         .common_exponent = true,
                                         .zero_point_in_accumulator = true};

/// `rule` with its scale's product s_in*s_w formed in binary32, as TFLite does where weights are per tensor.
constexpr RequantizeRule binary32_product(RequantizeRule rule) {
  rule.scale = RequantizeRule::Scale::kBinary32Product;
  return rule;
}

/// By the names of docs/arithmetic.
inline constexpr struct NamedRule {
  std::string_view name;
  RequantizeRule rule;
} kNamed[] = {{"double", kDouble},     {"double-half-up", kDoubleHalfUp},
              {"single", kSingle},     {"f32", kF32},
              {"rndnu", kRndnu},       {"real64", kReal64},
              {"real64", kReal64Wide}, {"sixteen-bits", kSixteenBits},
              {"vip-v8", kVipV8},      {"vip-v7", kVipV7},
              {"nvdla", kNvdla},       {"rocket", kRocket},
              {"hexagon", kHexagon}};

/// The name of a rule, whatever its scale's precision; "unnamed" for a variant of somebody's own.
constexpr std::string_view name_of(RequantizeRule rule) {
  for (const NamedRule& named : kNamed) {
    RequantizeRule same_scale = rule;
    same_scale.scale = named.rule.scale;
    if (same_scale == named.rule) return named.name;
  }
  return "unnamed";
}

}  // namespace nputwin::rules
