#include "kernels/arg_max/arg_max.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/arg_max/arg_max_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: kernels/isa.cc does not offer it

/// The largest of 16 bytes, in each of them.
template <class V>
HWY_INLINE V arg_max_of_16(V v) {
  const hn::Full128<std::uint8_t> d;
  const hn::Repartition<std::uint32_t, decltype(d)> d32;
  const hn::Repartition<std::uint16_t, decltype(d)> d16;
  v = hn::Max(v, hn::BitCast(d, hn::Shuffle1032(hn::BitCast(d32, v))));
  v = hn::Max(v, hn::BitCast(d, hn::Shuffle2301(hn::BitCast(d32, v))));
  v = hn::Max(v, hn::BitCast(d, hn::RotateRight<16>(hn::BitCast(d32, v))));
  const auto pairs = hn::BitCast(d16, v);
  return hn::Max(v, hn::BitCast(d, hn::Or(hn::ShiftRight<8>(pairs), hn::ShiftLeft<8>(pairs))));
}

template <typename Index>
void arg_max_rows(const std::uint8_t* HWY_RESTRICT in, std::int64_t rows, std::int64_t size, std::uint8_t flip,
                  Index* HWY_RESTRICT out) {
  const hn::Full128<std::uint8_t> d;
  constexpr std::int64_t kLanes = 16;
  const auto flips = hn::Set(d, flip);
  const auto last = hn::FirstN(d, static_cast<std::size_t>(size - (size - 1) / kLanes * kLanes));
  const auto codes = [&](const std::uint8_t* from) { return hn::Xor(hn::LoadU(d, from), flips); };
  for (std::int64_t r = 0; r < rows; ++r, in += size) {
    // What lies behind the row counts as 0, which a row of zeros has before it.
    auto largest = hn::Zero(d);
    std::int64_t k = 0;
    for (; k + kLanes < size; k += kLanes) largest = hn::Max(largest, codes(in + k));
    largest = arg_max_of_16(hn::Max(largest, hn::IfThenElseZero(last, codes(in + k))));
    for (k = 0; k + kLanes < size; k += kLanes) {
      if (!hn::AllFalse(d, hn::Eq(codes(in + k), largest))) break;
    }
    out[r] = static_cast<Index>(k + hn::FindFirstTrue(d, hn::Eq(codes(in + k), largest)));
  }
}

ArgMaxKernels get_arg_max_codes() { return {arg_max_rows<std::int32_t>, arg_max_rows<std::int64_t>}; }

#else
ArgMaxKernels get_arg_max_codes() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(ArgMaxKernels, arg_max_codes)
#endif
