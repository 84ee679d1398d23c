#include "kernels/multiply/multiply.h"

#include <algorithm>

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/multiply/multiply_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: kernels/isa.cc does not offer it

using DMultiply = hn::ScalableTag<std::int32_t>;
using VMultiply = hn::Vec<DMultiply>;

/// The upper halves of (a * m << twice) + nudge.
template <class Nudge>
HWY_INLINE VMultiply multiply_high(VMultiply a, VMultiply m, int twice, Nudge nudge) {
  const DMultiply d;
  const hn::RepartitionToWide<DMultiply> d64;
  const hn::RebindToUnsigned<decltype(d64)> u64;
  const auto odd = hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(u64, a)));
  const auto of_even = hn::Add(hn::ShiftLeftSame(hn::MulEven(a, m), twice), nudge);
  const auto of_odd = hn::Add(hn::ShiftLeftSame(hn::MulEven(odd, m), twice), nudge);
  return hn::OddEven(hn::BitCast(d, of_odd), hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(u64, of_even))));
}

/// x / 2^right, right > 0.
template <MultiplyKernels::Then then>
HWY_INLINE VMultiply multiply_divided(VMultiply x, int right) {
  const DMultiply d;
  const auto floor = hn::ShiftRightSame(x, right);
  if constexpr (then == MultiplyKernels::Then::kFloor) return floor;
  const std::int32_t mask = static_cast<std::int32_t>((std::uint32_t{1} << right) - 1);
  const auto rest = hn::And(x, hn::Set(d, mask));
  auto most = hn::Set(d, mask >> 1);
  if constexpr (then == MultiplyKernels::Then::kHalfAway) most = hn::Sub(most, hn::ShiftRight<31>(x));
  return hn::Sub(floor, hn::VecFromMask(d, hn::Gt(rest, most)));  // true is -1
}

template <class F>
HWY_INLINE void multiply_each(std::int32_t* x, std::int64_t count, F&& f) {
  const DMultiply d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(f(hn::LoadU(d, x + i)), d, x + i);
  if (i == count) return;
  HWY_ALIGN std::int32_t rest[HWY_MAX_BYTES / 4] = {};
  std::copy(x + i, x + count, rest);
  hn::Store(f(hn::Load(d, rest)), d, rest);
  std::copy(rest, rest + (count - i), x + i);
}

template <MultiplyKernels::Then then>
void multiply_by(std::int32_t* x, std::int64_t count, const MultiplyKernels::Steps& s) {
  const DMultiply d;
  const hn::RepartitionToWide<DMultiply> d64;
  const auto m = hn::Set(d, s.multiplier);
  const auto nudge = hn::Set(d64, s.nudge);
  const int left = s.left, twice = s.twice, right = s.right;
  multiply_each(x, count, [=](VMultiply v) {
    const auto high = multiply_high(hn::ShiftLeftSame(v, left), m, twice, nudge);
    return right == 0 ? high : multiply_divided<then>(high, right);
  });
}

void multiply_all(std::int32_t* x, std::int64_t count, const MultiplyKernels::Steps& steps) {
  using Then = MultiplyKernels::Then;
  const auto run = steps.then == Then::kFloor    ? multiply_by<Then::kFloor>
                   : steps.then == Then::kHalfUp ? multiply_by<Then::kHalfUp>
                                                 : multiply_by<Then::kHalfAway>;
  run(x, count, steps);
}

void multiply_divide(std::int32_t* x, std::int64_t count, int right) {
  if (right == 0) return;
  multiply_each(x, count, [=](VMultiply v) { return multiply_divided<MultiplyKernels::Then::kHalfAway>(v, right); });
}

MultiplyKernels get_multiply_int32() { return {multiply_all, multiply_divide}; }

#else
MultiplyKernels get_multiply_int32() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(MultiplyKernels, multiply_int32)
#endif
