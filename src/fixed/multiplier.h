#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "base/checked.h"
#include "base/enum_names.h"
#include "fixed/rounding.h"

namespace nputwin {

/// A number that only has its value; Traced ones (traced.h) also know how they came about.
template <typename T>
concept PlainNumber = std::is_arithmetic_v<T>;
template <PlainNumber T>
class Traced;

/// A positive real scale as an integer: scale ~ multiplier * 2^(exponent - bits), 2^(bits-1) <= multiplier <
/// 2^bits. A zero scale is {0, 0}.
struct QuantizedMultiplier {
  std::int32_t multiplier = 0;
  int exponent = 0;
  bool operator==(const QuantizedMultiplier&) const = default;
};

/// TFLite's QuantizeMultiplier: 31 bits, the fraction rounded half away from zero; a scale under 2^-32
/// becomes zero. Source: LiteRT tflite/kernels/internal/quantization_util.cc.
[[nodiscard]] QuantizedMultiplier quantize_multiplier(double scale);

/// The leading `bits` (1..31) of a binary32 scale's significand, rounded as said (kFloor cuts them off).
[[nodiscard]] QuantizedMultiplier significand_multiplier(float scale, int bits, Rounding rounding);

/// A 31-bit multiplier rounded half up to 16 bits: TFLite's 64-bit MultiplyByQuantizedMultiplier.
[[nodiscard]] constexpr std::int32_t sixteen_bit_multiplier(std::int32_t multiplier) {
  return multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF;
}

/// floor((a * b + 2^30) / 2^31), the saturating rounding doubling high multiply: half up for both signs.
///   2.5 -> 3, -2.5 -> -2.  The one overflow, INT32_MIN * INT32_MIN, gives INT32_MAX.
[[nodiscard]] constexpr std::int32_t saturating_rounding_doubling_high_mul(std::int32_t a, std::int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return static_cast<std::int32_t>((static_cast<std::int64_t>(a) * b + (std::int64_t{1} << 30)) >> 31);
}

/// x / 2^exponent, half away from zero: 2.5 -> 3, -2.5 -> -3. 0 <= exponent <= 31.
[[nodiscard]] constexpr std::int32_t rounding_divide_by_pot(std::int32_t x, int exponent) {
  return static_cast<std::int32_t>(shift_right_rounded<std::int64_t>(x, exponent, Rounding::kHalfAwayFromZero));
}

/// x * 2^shift in an int32 register that wraps. Scalar instructions count the shift modulo 32 (measured:
/// TFLite's scalar MUL with a multiplier of 2^102).
[[nodiscard]] constexpr std::int32_t shift_left_wrapping(std::int32_t x, int shift) {
  shift &= 31;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << shift);
}

/// TFLite's MultiplyByQuantizedMultiplier with two roundings: the high multiply (half up), then the division
/// by the power of two (`second`: kHalfAwayFromZero in scalar code, kHalfUp in the NEON helpers).
[[nodiscard]] constexpr std::int32_t multiply_by_quantized_multiplier(std::int32_t x, QuantizedMultiplier m,
                                                                      Rounding second = Rounding::kHalfAwayFromZero) {
  const int left = m.exponent > 0 ? m.exponent : 0;
  const int right = m.exponent > 0 ? 0 : -m.exponent;
  const std::int32_t high = saturating_rounding_doubling_high_mul(shift_left_wrapping(x, left), m.multiplier);
  return static_cast<std::int32_t>(shift_right_rounded<std::int64_t>(high, right, second));
}

/// In how many steps that multiplication rounds: TFLite's build switch TFLITE_SINGLE_ROUNDING.
///   kTwo   as above
///   kOne   of the exact product, half up: 2.5 -> 3, -2.5 -> -2
enum class FixedPointRoundings : std::uint8_t { kTwo, kOne };
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<FixedPointRoundings> = {"two", "one"};

/// The multiplication as one build of TFLite does it; `second` counts only with two roundings.
struct FixedPointMultiply {
  FixedPointRoundings roundings = FixedPointRoundings::kTwo;
  bool operator==(const FixedPointMultiply&) const = default;

  [[nodiscard]] constexpr std::int32_t operator()(std::int32_t x, QuantizedMultiplier m,
                                                  Rounding second = Rounding::kHalfAwayFromZero) const {
    if (roundings == FixedPointRoundings::kTwo) return multiply_by_quantized_multiplier(x, m, second);
    const int right = 31 - m.exponent;
    const std::int64_t product = std::int64_t{x} * m.multiplier;
    if (right > 0)
      return saturate_cast<std::int32_t>(shift_right_rounded(product, std::min(right, 62), Rounding::kHalfUp));
    constexpr std::int64_t kBeyond = std::int64_t{1} << 32;
    return saturate_cast<std::int32_t>(std::clamp(product, -kBeyond, kBeyond) << std::min(-right, 30));
  }
  /// Of a traced number (traced.h).
  template <typename N>
  requires std::integral<typename N::Plain>
  [[nodiscard]] Traced<std::int32_t> operator()(const N& x, QuantizedMultiplier m,
                                                Rounding second = Rounding::kHalfAwayFromZero) const;
};

}  // namespace nputwin
