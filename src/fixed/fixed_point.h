#pragma once

#include <bit>
#include <cstdint>

#include "fixed/multiplier.h"

namespace nputwin {

// gemmlowp's fixed-point functions, on raw int32. "Qi" has i integer bits and 31-i fraction bits; products of
// Qi and Qj (saturating_rounding_doubling_high_mul) are Q(i+j). Source: gemmlowp fixedpoint/fixedpoint.h.

/// x * 2^exponent: to the left saturating, to the right half away from zero.
[[nodiscard]] constexpr std::int32_t saturating_multiply_by_pot(std::int32_t x, int exponent) {
  if (exponent <= 0) return rounding_divide_by_pot(x, -exponent);
  const std::int64_t wide = static_cast<std::int64_t>(x) << exponent;
  return wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : static_cast<std::int32_t>(wide);
}

/// exp(a) in Q0 for a in Q0, -1/4 <= a < 0: a Taylor polynomial around -1/8.
[[nodiscard]] constexpr std::int32_t exp_on_small_negative(std::int32_t a) {
  constexpr auto mul = saturating_rounding_doubling_high_mul;
  const std::int32_t x = a + (1 << 28);
  const std::int32_t x2 = mul(x, x), x3 = mul(x2, x), x4 = mul(x2, x2);
  const std::int32_t quarter = rounding_divide_by_pot(x4, 2);
  const std::int32_t higher = rounding_divide_by_pot(mul(quarter + x3, 715827883) + x2, 1);
  return 1895147668 + mul(1895147668, x + higher);
}

/// exp(a) in Q0 for a <= 0 in Q`integer_bits`.
[[nodiscard]] constexpr std::int32_t exp_on_negative(std::int32_t a, int integer_bits) {
  if (a == 0) return INT32_MAX;
  const int fraction_bits = 31 - integer_bits;
  const std::int32_t quarter = 1 << (fraction_bits - 2);
  const std::int32_t rest = (a & (quarter - 1)) - quarter;  // in [-1/4, 0)
  std::int32_t result = exp_on_small_negative(saturating_multiply_by_pot(rest, integer_bits));
  const std::int32_t whole = rest - a;  // a multiple of 1/4: one factor exp(-2^e) for each of its bits
  constexpr struct {
    int exponent;
    std::int32_t factor;
  } kFactors[] = {{-2, 1672461947}, {-1, 1302514674}, {0, 790015084}, {1, 290630308},
                  {2, 39332535},    {3, 720401},      {4, 242}};
  for (const auto& f : kFactors) {
    if (integer_bits > f.exponent && (whole & (1 << (fraction_bits + f.exponent))) != 0) {
      result = saturating_rounding_doubling_high_mul(result, f.factor);
    }
  }
  if (integer_bits > 5 && a < -(1 << (fraction_bits + 5))) return 0;
  return result;
}

/// 1 / (1 + a) in Q0 for a in Q0, 0 <= a < 1: three Newton steps.
[[nodiscard]] constexpr std::int32_t one_over_one_plus(std::int32_t a) {
  constexpr auto mul = saturating_rounding_doubling_high_mul;
  const std::int64_t sum = static_cast<std::int64_t>(a) + INT32_MAX;
  const auto half = static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  std::int32_t x = 1515870810 + mul(half, -1010580540);  // 48/17 - 32/17 * half, in Q2
  for (int i = 0; i < 3; ++i) {
    const std::int32_t missing = (1 << 29) - mul(half, x);
    x += saturating_multiply_by_pot(mul(x, missing), 2);
  }
  return saturating_multiply_by_pot(x, 1);
}

struct Reciprocal {
  std::int32_t value;  ///< Q0
  int bits_over_unit;  ///< x = 2^bits_over_unit * (1 + fraction); value = 1 / (1 + fraction)
};

/// 1/x for x > 0 in Q`integer_bits`.
[[nodiscard]] constexpr Reciprocal reciprocal(std::int32_t x, int integer_bits) {
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(x));
  const auto fraction =
      static_cast<std::int32_t>((static_cast<std::uint32_t>(x) << headroom) - (std::uint32_t{1} << 31));
  return {one_over_one_plus(fraction), integer_bits - headroom};
}

}  // namespace nputwin
