#include "kernels/dot/dot.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/dot/dot_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>
#include "kernels/dot-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: kernels/isa.cc does not offer it

template <int kRows>
HWY_INLINE void dot_of_rows(const std::int8_t* HWY_RESTRICT weights, std::int64_t columns,
                            const std::int16_t* HWY_RESTRICT x, std::int32_t* HWY_RESTRICT sums) {
  const hn::ScalableTag<std::int32_t> d;
  const hn::Repartition<std::int16_t, decltype(d)> d16;
  const hn::Rebind<std::int8_t, decltype(d16)> d8;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d16));
  hn::Vec<decltype(d)> acc[kRows];
  for (auto& a : acc) a = hn::Zero(d);
  for (std::int64_t k = 0; k < columns; k += lanes) {  // x is zero behind its end, whatever the weights are there
    const auto v = hn::LoadU(d16, x + k);
    for (int r = 0; r < kRows; ++r)
      acc[r] = dot_pairs(d, acc[r], v, hn::PromoteTo(d16, hn::LoadU(d8, weights + r * columns + k)));
  }
  for (int r = 0; r < kRows; ++r) sums[r] = hn::GetLane(hn::SumOfLanes(d, acc[r]));
}

void dot_rows_of(const std::int8_t* weights, std::int64_t rows, std::int64_t columns, const std::int16_t* x,
                 std::int32_t* sums) {
  std::int64_t r = 0;
  for (; r + 4 <= rows; r += 4) dot_of_rows<4>(weights + r * columns, columns, x, sums + r);
  for (; r < rows; ++r) dot_of_rows<1>(weights + r * columns, columns, x, sums + r);
}

void dot_pairs_of(const std::int16_t* HWY_RESTRICT a, const std::int16_t* HWY_RESTRICT b, std::int64_t rows,
                  std::int64_t columns, std::int32_t* HWY_RESTRICT sums) {
  const hn::CappedTag<std::int32_t, 4> d;
  const hn::Repartition<std::int16_t, decltype(d)> d16;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d16));
  for (std::int64_t r = 0; r < rows; ++r, a += columns, b += columns) {
    auto acc = hn::Zero(d);
    std::int64_t k = 0;
    for (; k + lanes <= columns; k += lanes) acc = dot_pairs(d, acc, hn::LoadU(d16, a + k), hn::LoadU(d16, b + k));
    auto sum = static_cast<std::uint32_t>(hn::GetLane(hn::SumOfLanes(d, acc)));
    for (; k < columns; ++k) sum += static_cast<std::uint32_t>(std::int32_t{a[k]} * b[k]);
    sums[r] = static_cast<std::int32_t>(sum);
  }
}

DotKernels get_dot_rows() { return {dot_rows_of, dot_pairs_of}; }

#else
DotKernels get_dot_rows() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(DotKernels, dot_rows)
#endif
