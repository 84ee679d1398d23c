#include "kernels/max/max.h"

#include <algorithm>

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/max/max_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
void max_rows(const T* HWY_RESTRICT in, std::int64_t stride, int rows, std::int64_t count, T* HWY_RESTRICT out) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  for (std::int64_t i = 0; i < count; i += lanes) {
    auto largest = hn::LoadU(d, in + i);
    for (int r = 1; r < rows; ++r) largest = hn::Max(largest, hn::LoadU(d, in + r * stride + i));
    hn::StoreU(largest, d, out + i);
  }
}

// Whole vectors are written as long as they stay in the row of outputs: what is too much, the next pixel overwrites.
template <typename T>
void max_pixels(const T* HWY_RESTRICT line, const PixelRun* HWY_RESTRICT runs, std::int64_t count,
                std::int64_t channels, T lo, T hi, T* HWY_RESTRICT out) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  const auto least = hn::Set(d, lo), most = hn::Set(d, hi);
  const T* const end = out + count * channels;
  for (std::int64_t x = 0; x < count; ++x, out += channels) {
    const T* from = line + runs[x].first * channels;
    for (std::int64_t c = 0; c < channels; c += lanes) {
      auto largest = least;
      for (std::int64_t j = 0; j < runs[x].count; ++j)
        largest = hn::Max(largest, hn::LoadU(d, from + j * channels + c));
      largest = hn::Min(largest, most);
      if (out + c + lanes <= end) {
        hn::StoreU(largest, d, out + c);
      } else {
        HWY_ALIGN T spill[HWY_MAX_BYTES / sizeof(T)];
        hn::Store(largest, d, spill);
        std::copy(spill, spill + std::min(lanes, channels - c), out + c);
      }
    }
  }
}

MaxKernels get_max_codes() {
  return {{max_rows<std::int8_t>, max_pixels<std::int8_t>}, {max_rows<std::uint8_t>, max_pixels<std::uint8_t>}};
}

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(MaxKernels, max_codes)
#endif
