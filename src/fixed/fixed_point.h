#pragma once

#include <bit>
#include <cstdint>
#include <limits>

#include "fixed/multiplier.h"

namespace nputwin {

// gemmlowp's fixed-point functions on raw int32 or int16. "Qi" has i integer bits and the other bits but the sign as
// fraction; products of Qi and Qj (the rounding doubling high multiply) are Q(i+j). Constants are those of 32 bits,
// rounded for 16. Source: gemmlowp fixedpoint/fixedpoint.h.

namespace fixed {

template <typename Raw>
inline constexpr int kBits = std::numeric_limits<Raw>::digits;  // 31 or 15
template <typename Raw>
inline constexpr Raw kOne = std::numeric_limits<Raw>::max();  // of Q0

template <typename Raw>
[[nodiscard]] constexpr Raw constant(std::int32_t of_32_bits) {
  return static_cast<Raw>(rounding_divide_by_pot(of_32_bits, 31 - kBits<Raw>));
}

/// Half up; the lowest number times itself gives the highest.
template <typename Raw>
[[nodiscard]] constexpr Raw mul(Raw a, Raw b) {
  if constexpr (sizeof(Raw) == 4) {
    return saturating_rounding_doubling_high_mul(a, b);
  } else {
    if (a == std::numeric_limits<Raw>::min() && a == b) return kOne<Raw>;
    return static_cast<Raw>((std::int32_t{a} * b + (1 << 14)) >> 15);
  }
}

/// a + b as the register holds it.
template <typename Raw>
[[nodiscard]] constexpr Raw add(Raw a, Raw b) {
  return static_cast<Raw>(static_cast<std::uint64_t>(std::int64_t{a} + b));
}
template <typename Raw>
[[nodiscard]] constexpr Raw subtract(Raw a, Raw b) {
  return static_cast<Raw>(static_cast<std::uint64_t>(std::int64_t{a} - b));
}

}  // namespace fixed

/// x * 2^exponent: to the left saturating, to the right half away from zero.
template <typename Raw>
[[nodiscard]] constexpr Raw saturating_multiply_by_pot(Raw x, int exponent) {
  if (exponent <= 0) return static_cast<Raw>(rounding_divide_by_pot(x, -exponent));
  const std::int64_t wide = static_cast<std::int64_t>(x) << exponent;
  using Limits = std::numeric_limits<Raw>;
  return wide > Limits::max() ? Limits::max() : wide < Limits::min() ? Limits::min() : static_cast<Raw>(wide);
}

/// exp(a) in Q0 for a in Q0, -1/4 <= a < 0: a Taylor polynomial around -1/8.
template <typename Raw>
[[nodiscard]] constexpr Raw exp_on_small_negative(Raw a) {
  using namespace fixed;
  const Raw x = add(a, constant<Raw>(1 << 28));
  const Raw x2 = mul(x, x), x3 = mul(x2, x), x4 = mul(x2, x2);
  const Raw quarter = static_cast<Raw>(rounding_divide_by_pot(x4, 2));
  const Raw higher =
      static_cast<Raw>(rounding_divide_by_pot(add(mul(add(quarter, x3), constant<Raw>(715827883)), x2), 1));
  const Raw term = constant<Raw>(1895147668);
  return add(term, mul(term, add(x, higher)));
}

/// exp(a) in Q0 for a <= 0 in Q`integer_bits`.
template <typename Raw>
[[nodiscard]] constexpr Raw exp_on_negative(Raw a, int integer_bits) {
  using namespace fixed;
  if (a == 0) return kOne<Raw>;
  const int fraction_bits = kBits<Raw> - integer_bits;
  const Raw quarter = static_cast<Raw>(1 << (fraction_bits - 2));
  const Raw rest = static_cast<Raw>((a & (quarter - 1)) - quarter);  // in [-1/4, 0)
  Raw result = exp_on_small_negative(saturating_multiply_by_pot(rest, integer_bits));
  const Raw whole = subtract(rest, a);  // a multiple of 1/4: one factor exp(-2^e) for each of its bits
  constexpr struct {
    int exponent;
    std::int32_t factor;
  } kFactors[] = {{-2, 1672461947}, {-1, 1302514674}, {0, 790015084}, {1, 290630308},
                  {2, 39332535},    {3, 720401},      {4, 242}};
  for (const auto& f : kFactors) {
    if (integer_bits > f.exponent && (whole & (1 << (fraction_bits + f.exponent))) != 0) {
      result = mul(result, constant<Raw>(f.factor));
    }
  }
  if (integer_bits > 5 && a < -(1 << (fraction_bits + 5))) return 0;
  return result;
}

/// Newton's reciprocal x of (1 + a) / 2 in Q2, for a in Q0, 0 <= a < 1: three steps from 48/17 - 32/17 * half.
template <typename Raw>
[[nodiscard]] constexpr Raw reciprocal_of_half_sum(Raw a) {
  using namespace fixed;
  const std::int64_t sum = std::int64_t{a} + kOne<Raw>;
  const auto half = static_cast<Raw>((sum + (sum >= 0 ? 1 : -1)) / 2);
  Raw x = add(constant<Raw>(1515870810), mul(half, constant<Raw>(-1010580540)));
  for (int i = 0; i < 3; ++i) {
    const Raw missing = subtract(static_cast<Raw>(1 << (kBits<Raw> - 2)), mul(half, x));
    x = add(x, saturating_multiply_by_pot(mul(x, missing), 2));
  }
  return x;
}

/// 1 / (1 + a) in Q0 for a in Q0, 0 <= a < 1.
template <typename Raw>
[[nodiscard]] constexpr Raw one_over_one_plus(Raw a) {
  return saturating_multiply_by_pot(reciprocal_of_half_sum(a), 1);
}

/// (1 - a) / (1 + a) in Q0 for a in Q0, 0 <= a < 1.
template <typename Raw>
[[nodiscard]] constexpr Raw one_minus_over_one_plus(Raw a) {
  const Raw one = static_cast<Raw>(1 << (fixed::kBits<Raw> - 2));  // in Q2
  return saturating_multiply_by_pot(fixed::subtract(reciprocal_of_half_sum(a), one), 2);
}

/// 1 / (1 + exp(-a)) in Q0 for a in Q`integer_bits`.
template <typename Raw>
[[nodiscard]] constexpr Raw fixed_logistic(Raw a, int integer_bits) {
  if (a == 0) return fixed::constant<Raw>(1 << 30);
  const Raw negative = a > 0 ? static_cast<Raw>(-a) : a;
  const Raw positive = one_over_one_plus(exp_on_negative(negative, integer_bits));
  return a > 0 ? positive : fixed::subtract(fixed::kOne<Raw>, positive);
}

/// tanh(a) in Q0 for a in Q`integer_bits`.
template <typename Raw>
[[nodiscard]] constexpr Raw fixed_tanh(Raw a, int integer_bits) {
  if (a == 0) return 0;
  const Raw negative = a < 0 ? a : static_cast<Raw>(-a);
  // exp(2a): the same bits with one integer bit more.
  const Raw t = one_minus_over_one_plus(exp_on_negative(negative, integer_bits + 1));
  return a < 0 ? static_cast<Raw>(-t) : t;
}

struct Reciprocal {
  std::int32_t value;  ///< Q0
  int bits_over_unit;  ///< x = 2^bits_over_unit * (1 + fraction); value = 1 / (1 + fraction)
};

/// 1/x for x > 0 in Q`integer_bits`; for 0 what TFLite's GetReciprocal gives, which is no reciprocal.
[[nodiscard]] constexpr Reciprocal reciprocal(std::int32_t x, int integer_bits) {
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(x));  // 32 for 0
  const auto fraction =
      static_cast<std::int32_t>((static_cast<std::uint32_t>(x) << std::min(headroom, 31)) - (std::uint32_t{1} << 31));
  return {one_over_one_plus(fraction), integer_bits - headroom};
}

/// log(x) in Q`result_bits` for x >= 1 in Q`integer_bits`: the power of two and a rational function of what is left.
/// Source: TFLite kernels/internal/common.h.
[[nodiscard]] constexpr std::int32_t fixed_log(std::int32_t x, int integer_bits, int result_bits) {
  using namespace fixed;
  constexpr std::int32_t kLog2 = 1488522236, kRootOfHalf = 1518500250, kFourthRootOfHalf = 1805811301;
  constexpr std::int32_t kAlphaN = 117049297, kAlphaD = 127690142, kAlphaI = 1057819769, kAlphaF = 638450708;
  const int wide_bits = result_bits + 1;
  const std::int32_t quarter = saturating_multiply_by_pot(std::int32_t{1} << 29, -wide_bits);
  const auto power = [&](int n, std::int32_t more) {
    const std::int64_t sum = std::int64_t{saturating_multiply_by_pot(std::int32_t{n}, 31 - wide_bits)} + more;
    return saturate_cast<std::int32_t>(sum);
  };
  // x = 2^power * rest with rest near sqrt(sqrt(1/2)): the nearer of two choices.
  const int zeros = std::countl_zero(static_cast<std::uint32_t>(x));
  const std::int32_t rest_a = saturating_multiply_by_pot(mul(saturating_multiply_by_pot(x, zeros - 1), kRootOfHalf), 1);
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(mul(x, kRootOfHalf))) - 1;
  const std::int32_t rest_b = saturating_multiply_by_pot(x, headroom);
  const std::int32_t rest = std::min(rest_a, rest_b);
  const std::int32_t exponent =
      std::max(power(integer_bits - zeros, quarter), power(integer_bits - headroom, -quarter));

  const std::int64_t sum = std::int64_t{rest} + kFourthRootOfHalf;
  const auto p = static_cast<std::int32_t>((sum + (sum >= 0 ? 1 : -1)) / 2);
  const std::int32_t half_q = subtract(rest, kFourthRootOfHalf), q = add(half_q, half_q), square = mul(q, q);
  const std::int32_t numerator = add(mul(q, rest), mul(mul(q, square), kAlphaN));
  const std::int32_t denominator = add(mul(p, add(add(kAlphaI, q), mul(kAlphaD, square))), mul(kAlphaF, q));
  const std::int32_t quotient = mul(saturating_multiply_by_pot(numerator, -wide_bits), one_over_one_plus(denominator));
  return saturating_multiply_by_pot(add(mul(exponent, kLog2), quotient), 1);
}

/// 1/sqrt(x) for x >= 0, five Newton steps from 1 in Q3; 0 counts as 1.
/// Source: TFLite kernels/internal/common.h, GetInvSqrtQuantizedMultiplierExp.
[[nodiscard]] constexpr QuantizedMultiplier inverse_square_root(std::int32_t x) {
  if (x <= 1) return {INT32_MAX, 0};
  int right = 11;
  for (; x >= 1 << 29; ++right) x /= 4;
  const int pairs = (std::countl_zero(static_cast<std::uint32_t>(x)) - 1) / 2 - 1;
  right -= pairs;
  x <<= 2 * pairs;  // in [2^27, 2^29)
  constexpr auto mul = [](std::int32_t a, std::int32_t b) { return saturating_rounding_doubling_high_mul(a, b); };
  const std::int32_t half = rounding_divide_by_pot(x >> 1, 1);
  constexpr std::int32_t kThreeHalves = (1 << 28) + (1 << 27);
  std::int32_t root = 1 << 28;
  for (int i = 0; i < 5; ++i) {
    const std::int32_t cube = saturating_multiply_by_pot(mul(mul(root, root), root), 6);
    root = saturating_multiply_by_pot(mul(kThreeHalves, root) - mul(half, cube), 3);
  }
  root = mul(root, 1518500250);  // sqrt(1/2)
  if (right < 0) {
    root = shift_left_wrapping(root, -right);
    right = 0;
  }
  return {root, -right};
}

}  // namespace nputwin
