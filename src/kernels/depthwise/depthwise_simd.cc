#include "kernels/depthwise/depthwise.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/depthwise/depthwise_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/dot-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

/// Codes and weights are in the low half of a 32-bit lane and their signs in the upper one; the weights'
/// upper half is cleared, so that the pair product is code * weight.
template <typename T>
void pixel(const T* const* taps, int tap_count, const std::int32_t* HWY_RESTRICT weights, std::int64_t stride,
           const std::int32_t* HWY_RESTRICT bias, std::int64_t channels, std::int32_t* HWY_RESTRICT acc) {
  const hn::ScalableTag<std::int32_t> d;
  const hn::ScalableTag<std::int16_t> d16;
  const hn::Rebind<T, decltype(d)> d8;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t c = 0;
  const auto term = [&](auto sum, int t, std::int64_t at) {
    const auto x = hn::BitCast(d16, hn::PromoteTo(d, hn::LoadU(d8, taps[t] + at)));
    return dot_pairs(d, sum, x, hn::BitCast(d16, hn::LoadU(d, weights + t * stride + at)));
  };
  for (; c + 3 * lanes < channels; c += 4 * lanes) {
    auto s0 = hn::LoadU(d, bias + c), s1 = hn::LoadU(d, bias + c + lanes);
    auto s2 = hn::LoadU(d, bias + c + 2 * lanes), s3 = hn::LoadU(d, bias + c + 3 * lanes);
    for (int t = 0; t < tap_count; ++t) {
      s0 = term(s0, t, c);
      s1 = term(s1, t, c + lanes);
      s2 = term(s2, t, c + 2 * lanes);
      s3 = term(s3, t, c + 3 * lanes);
    }
    hn::StoreU(s0, d, acc + c), hn::StoreU(s1, d, acc + c + lanes);
    hn::StoreU(s2, d, acc + c + 2 * lanes), hn::StoreU(s3, d, acc + c + 3 * lanes);
  }
  for (; c < channels; c += lanes) {
    auto even = hn::LoadU(d, bias + c), odd = hn::Zero(d);  // two chains: one alone waits for each product
    int t = 0;
    for (; t + 1 < tap_count; t += 2) even = term(even, t, c), odd = term(odd, t + 1, c);
    if (t < tap_count) even = term(even, t, c);
    hn::StoreU(hn::Add(even, odd), d, acc + c);
  }
}

DepthwiseKernels get_depthwise_int16_taps() { return {pixel<std::int8_t>, pixel<std::uint8_t>}; }

#else
DepthwiseKernels get_depthwise_int16_taps() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(DepthwiseKernels, depthwise_int16_taps)
#endif
