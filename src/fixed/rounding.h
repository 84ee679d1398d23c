#pragma once

#include <cstdint>

#include "base/enum_names.h"

namespace nputwin {

/// Where a value halfway between two integers goes (others go to the nearest; kFloor and kTowardZero round
/// all).
///
///                        2.5   -2.5
///   kHalfUp                3     -2
///   kHalfAwayFromZero      3     -3
///   kHalfToEven            2     -2
///   kHalfDown              2     -3
///   kHalfTowardZero        2     -2
///   kFloor                 2     -3
///   kTowardZero            2     -2
enum class Rounding : std::uint8_t {
  kHalfUp,
  kHalfAwayFromZero,
  kHalfToEven,
  kHalfDown,
  kHalfTowardZero,
  kFloor,
  kTowardZero,
};

template <>
inline constexpr std::array<std::string_view, 7> kEnumNames<Rounding> = {
    "half_up", "half_away_from_zero", "half_to_even", "half_down", "half_toward_zero", "floor", "toward_zero"};

/// Rounds floor + r, where 0 <= r < 1 is given by how it compares with 1/2 (`half`: -1 below, 0 equal, 1
/// above) and whether it is zero. `negative` is the sign of the whole value.
template <typename Int>
[[nodiscard]] constexpr Int round_from_floor(Int floor, int half, bool exact, bool negative, Rounding rounding) {
  if (exact) return floor;
  bool up = half > 0;
  if (half == 0) {
    switch (rounding) {
      case Rounding::kHalfUp:
        up = true;
        break;
      case Rounding::kHalfAwayFromZero:
        up = !negative;
        break;
      case Rounding::kHalfToEven:
        up = (floor & 1) != 0;
        break;
      case Rounding::kHalfDown:
        up = false;
        break;
      case Rounding::kHalfTowardZero:
        up = negative;
        break;
      case Rounding::kFloor:
      case Rounding::kTowardZero:
        break;
    }
  }
  if (rounding == Rounding::kFloor) up = false;
  if (rounding == Rounding::kTowardZero) up = negative;
  return up ? floor + 1 : floor;
}

/// x / 2^shift, rounded. Requires 0 <= shift < the width of Int minus one. No overflow for any x.
template <typename Int>
[[nodiscard]] constexpr Int shift_right_rounded(Int x, int shift, Rounding rounding) {
  if (shift == 0) return x;
  const Int floor = x >> shift;
  const Int rest = x - (floor << shift);
  const Int half = Int{1} << (shift - 1);
  return round_from_floor<Int>(floor, rest == half ? 0 : (rest > half ? 1 : -1), rest == 0, x < 0, rounding);
}

/// a / b, rounded. Requires b > 0 and |a|, b < half the range of Int.
template <typename Int>
[[nodiscard]] constexpr Int divide_rounded(Int a, Int b, Rounding rounding) {
  Int floor = a / b;
  if (a % b < 0) --floor;
  const Int rest = a - floor * b;
  return round_from_floor<Int>(floor, 2 * rest == b ? 0 : (2 * rest > b ? 1 : -1), rest == 0, a < 0, rounding);
}

/// A real number to an integer. binary64 holds every tie of a binary32 or binary64 value exactly. Results
/// beyond int32 are clipped; a NaN gives 0.
[[nodiscard]] std::int32_t round_real(double x, Rounding rounding);

/// round_real for |x| < 2^21, without branches: the callers clip first.
[[nodiscard]] inline std::int32_t round_half_even_small(float x) {
  constexpr float kShifter = 12582912.0F;  // 1.5 * 2^23: adding it leaves no fraction bits, and addition rounds to even
  return static_cast<std::int32_t>((x + kShifter) - kShifter);
}
[[nodiscard]] inline std::int32_t round_half_away_small(float x) {
  const double wide = static_cast<double>(x);  // binary64 holds x + 1/2 exactly
  return static_cast<std::int32_t>(wide + (wide < 0 ? -0.5 : 0.5));
}

/// What C's cast of a real to int32 gives: cut toward zero; beyond int32, which C leaves open, clipped (AArch64, a NaN
/// gives 0) or, `lowest`, -2^31 (x86's instruction).
[[nodiscard]] std::int32_t cast_to_int32(double x, bool lowest);

/// a*b + c in binary32: rounded once where the compiler fused it, twice where not.
[[nodiscard]] float multiply_add(float a, float b, float c, bool fused);

}  // namespace nputwin
