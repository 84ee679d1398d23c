#include "kernels/sigmoid/sigmoid.h"

#include <algorithm>

#include "fixed/fixed_point.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/sigmoid/sigmoid_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: kernels/isa.cc does not offer it

// fixed/fixed_point.h line by line. MulFixedPoint15 is fixed::mul but for the lowest number times itself, which some
// instruction sets do not saturate. It does not occur: of each two factors below one is a constant or lies in [-2^12,
// 2^15), and the test goes through all numbers. Left shifts that saturate are saturated sums.

using D16 = hn::ScalableTag<std::int16_t>;
using V16 = hn::Vec<D16>;

HWY_INLINE V16 sigmoid_constant(std::int32_t of_32_bits) {
  return hn::Set(D16(), fixed::constant<std::int16_t>(of_32_bits));
}
HWY_INLINE V16 sigmoid_doubled(V16 x) { return hn::SaturatedAdd(x, x); }
HWY_INLINE V16 sigmoid_mul(V16 a, V16 b) { return hn::MulFixedPoint15(a, b); }

/// x / 2^bits, half away from zero.
template <int bits>
HWY_INLINE V16 sigmoid_divided(V16 x) {
  const D16 d;
  const auto rest = hn::And(x, hn::Set(d, (1 << bits) - 1));
  // true is -1: a tie below zero is not rounded up
  const auto most = hn::Sub(hn::Set(d, ((1 << bits) - 1) >> 1), hn::VecFromMask(d, hn::Lt(x, hn::Zero(d))));
  return hn::Sub(hn::ShiftRight<bits>(x), hn::VecFromMask(d, hn::Gt(rest, most)));
}

HWY_INLINE V16 sigmoid_exp_on_small_negative(V16 a) {
  const auto x = hn::Add(a, sigmoid_constant(1 << 28));
  const auto x2 = sigmoid_mul(x, x), x3 = sigmoid_mul(x2, x), x4 = sigmoid_mul(x2, x2);
  const auto inner = sigmoid_mul(hn::Add(sigmoid_divided<2>(x4), x3), sigmoid_constant(715827883));
  const auto higher = sigmoid_divided<1>(hn::Add(inner, x2));
  const auto term = sigmoid_constant(1895147668);
  return hn::Add(term, sigmoid_mul(term, hn::Add(x, higher)));
}

HWY_INLINE V16 sigmoid_exp_on_negative(V16 a, int integer_bits) {
  const D16 d;
  const int fraction_bits = 15 - integer_bits;
  const auto quarter = static_cast<std::int16_t>(1 << (fraction_bits - 2));
  const auto rest =
      hn::Sub(hn::And(a, hn::Set(d, static_cast<std::int16_t>(quarter - 1))), hn::Set(d, quarter));  // [-1/4, 0)
  auto result = sigmoid_exp_on_small_negative(hn::ShiftLeftSame(rest, integer_bits));
  const auto whole = hn::Sub(rest, a);
  constexpr std::int32_t kFactors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  for (int e = -2; e < std::min(integer_bits, 5); ++e) {
    const auto bit = hn::Set(d, static_cast<std::int16_t>(1 << (fraction_bits + e)));
    result = hn::IfThenElse(hn::TestBit(whole, bit), sigmoid_mul(result, sigmoid_constant(kFactors[e + 2])), result);
  }
  if (integer_bits > 5)
    result = hn::IfThenZeroElse(hn::Lt(a, hn::Set(d, static_cast<std::int16_t>(-(1 << (fraction_bits + 5))))), result);
  return hn::IfThenElse(hn::Eq(a, hn::Zero(d)), hn::Set(d, fixed::kOne<std::int16_t>), result);
}

HWY_INLINE V16 sigmoid_reciprocal_of_half_sum(V16 a) {
  const D16 d;
  const auto half = hn::Add(hn::ShiftRight<1>(a), hn::Set(d, 1 << 14));  // (a + 2^15) / 2, a >= 0
  auto x = hn::Add(sigmoid_constant(1515870810), sigmoid_mul(half, sigmoid_constant(-1010580540)));
  for (int i = 0; i < 3; ++i) {
    const auto missing = hn::Sub(hn::Set(d, 1 << 13), sigmoid_mul(half, x));
    x = hn::Add(x, sigmoid_doubled(sigmoid_doubled(sigmoid_mul(x, missing))));
  }
  return x;
}

HWY_INLINE V16 sigmoid_logistic(V16 a, int integer_bits) {
  const D16 d;
  const auto zero = hn::Zero(d), positive_a = hn::Max(a, zero);
  const auto negative = hn::Sub(hn::Min(a, zero), positive_a);
  const auto e = sigmoid_exp_on_negative(negative, integer_bits);
  const auto positive = sigmoid_doubled(sigmoid_reciprocal_of_half_sum(e));
  const auto y = hn::IfThenElse(hn::Gt(a, zero), positive, hn::Sub(hn::Set(d, fixed::kOne<std::int16_t>), positive));
  return hn::IfThenElse(hn::Eq(a, zero), sigmoid_constant(1 << 30), y);
}

HWY_INLINE V16 sigmoid_tanh(V16 a, int integer_bits) {
  const D16 d;
  const auto zero = hn::Zero(d);
  const auto negative = hn::Sub(hn::Min(a, zero), hn::Max(a, zero));
  const auto x = sigmoid_reciprocal_of_half_sum(sigmoid_exp_on_negative(negative, integer_bits + 1));
  const auto t = sigmoid_doubled(sigmoid_doubled(hn::Sub(x, hn::Set(d, 1 << 13))));
  return hn::IfThenZeroElse(hn::Eq(a, zero), hn::IfThenElse(hn::Lt(a, zero), hn::Sub(zero, t), t));
}

template <class F>
HWY_INLINE void sigmoid_each(std::int16_t* values, std::int64_t count, F&& f) {
  const D16 d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(f(hn::LoadU(d, values + i)), d, values + i);
  if (i == count) return;
  HWY_ALIGN std::int16_t rest[HWY_MAX_BYTES / 2] = {};
  std::copy(values + i, values + count, rest);
  hn::Store(f(hn::Load(d, rest)), d, rest);
  std::copy(rest, rest + (count - i), values + i);
}

void sigmoid_logistic_of(std::int16_t* values, std::int64_t count, int integer_bits) {
  sigmoid_each(values, count, [=](V16 x) { return sigmoid_logistic(x, integer_bits); });
}
void sigmoid_tanh_of(std::int16_t* values, std::int64_t count, int integer_bits) {
  sigmoid_each(values, count, [=](V16 x) { return sigmoid_tanh(x, integer_bits); });
}

SigmoidKernels get_sigmoid_fixed16() { return {sigmoid_logistic_of, sigmoid_tanh_of}; }

#else
SigmoidKernels get_sigmoid_fixed16() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(SigmoidKernels, sigmoid_fixed16)
#endif
