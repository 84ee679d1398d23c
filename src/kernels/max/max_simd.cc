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
void accumulate(const T* HWY_RESTRICT in, std::int64_t count, T* HWY_RESTRICT largest) {
  const hn::ScalableTag<T> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  std::int64_t i = 0;
  for (; i + lanes <= count; i += lanes)
    hn::StoreU(hn::Max(hn::LoadU(d, in + i), hn::LoadU(d, largest + i)), d, largest + i);
  const hn::CappedTag<T, 16> few;
  const auto some = static_cast<std::int64_t>(hn::Lanes(few));
  for (; i + some <= count; i += some) {
    hn::StoreU(hn::Max(hn::LoadU(few, in + i), hn::LoadU(few, largest + i)), few, largest + i);
  }
  for (; i < count; ++i) largest[i] = std::max(largest[i], in[i]);
}

MaxKernels get_max_codes() { return {accumulate<std::int8_t>, accumulate<std::uint8_t>}; }

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(MaxKernels, max_codes)
#endif
