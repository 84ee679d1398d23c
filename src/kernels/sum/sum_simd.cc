#include "kernels/sum/sum.h"

#include <algorithm>

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/sum/sum_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: kernels/isa.cc does not offer it

/// kVectors vectors of channels. Codes are added up in int16, which holds 128 of them, and those sums in int32.
template <int kVectors, typename T>
HWY_INLINE void sum_block(const T* HWY_RESTRICT in, std::int64_t row_stride, std::int64_t rows, std::int64_t pixels,
                          std::int64_t channels, std::int32_t* HWY_RESTRICT sums) {
  constexpr std::int64_t kMost = 128;  // 128 * 255 < 2^15
  const hn::ScalableTag<std::int16_t> d16;
  const hn::Rebind<T, decltype(d16)> d8;
  const hn::RepartitionToWide<decltype(d16)> d32;
  const hn::Half<decltype(d16)> half;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d16)), wide = lanes / 2;
  hn::Vec<decltype(d32)> lower[kVectors], upper[kVectors];
  hn::Vec<decltype(d16)> acc[kVectors];
  for (int v = 0; v < kVectors; ++v) lower[v] = upper[v] = hn::Zero(d32), acc[v] = hn::Zero(d16);
  std::int64_t held = 0;
  const auto flush = [&] {
    for (int v = 0; v < kVectors; ++v) {
      lower[v] = hn::Add(lower[v], hn::PromoteTo(d32, hn::LowerHalf(acc[v])));
      upper[v] = hn::Add(upper[v], hn::PromoteTo(d32, hn::UpperHalf(half, acc[v])));
      acc[v] = hn::Zero(d16);
    }
    held = 0;
  };
  for (std::int64_t i = 0; i < rows; ++i, in += row_stride) {
    for (std::int64_t j = 0; j < pixels;) {
      if (held == kMost) flush();
      const std::int64_t some = std::min(pixels - j, kMost - held);
      const T* from = in + j * channels;
      for (std::int64_t k = 0; k < some; ++k, from += channels) {
        for (int v = 0; v < kVectors; ++v)
          acc[v] = hn::Add(acc[v], hn::PromoteTo(d16, hn::LoadU(d8, from + v * lanes)));
      }
      held += some;
      j += some;
    }
  }
  flush();
  for (int v = 0; v < kVectors; ++v) {
    hn::StoreU(lower[v], d32, sums + v * lanes);
    hn::StoreU(upper[v], d32, sums + v * lanes + wide);
  }
}

template <typename T>
void sum_window(const T* in, std::int64_t row_stride, std::int64_t rows, std::int64_t pixels, std::int64_t channels,
                std::int32_t* sums) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(hn::ScalableTag<std::int16_t>()));
  std::int64_t c = 0;
  for (; c + 3 * lanes < channels; c += 4 * lanes) sum_block<4>(in + c, row_stride, rows, pixels, channels, sums + c);
  for (; c < channels; c += lanes) sum_block<1>(in + c, row_stride, rows, pixels, channels, sums + c);
}

SumKernels get_sum_codes() { return {sum_window<std::int8_t>, sum_window<std::uint8_t>}; }

#else
SumKernels get_sum_codes() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(SumKernels, sum_codes)
#endif
