#include "kernels/gemm/gemm.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm/gemm_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <cstring>

#include "kernels/dot-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

constexpr hn::ScalableTag<std::int32_t> kD32;
constexpr hn::ScalableTag<std::int16_t> kD16;

// As many rows as leave registers for two vectors of weights and one of activations.
constexpr int kRows = hn::MaxLanes(kD32) >= 16 ? 12 : 6;

HWY_INLINE auto broadcast_pair(const std::int16_t* pair) {
  std::int32_t both;
  std::memcpy(&both, pair, sizeof both);
  return hn::BitCast(kD16, hn::Set(kD32, both));
}

template <int M, int P>
HWY_INLINE void multiply_tile(const std::int16_t* HWY_RESTRICT a, std::ptrdiff_t a_stride,
                              const std::int16_t* HWY_RESTRICT b, int pairs, const std::int32_t* HWY_RESTRICT bias,
                              std::int32_t* HWY_RESTRICT acc, std::ptrdiff_t acc_stride) {
  const std::size_t lanes = hn::Lanes(kD32);
  const std::int16_t* HWY_RESTRICT second = b + std::ptrdiff_t{pairs} * 2 * static_cast<std::ptrdiff_t>(lanes);
  hn::Vec<decltype(kD32)> left[M], right[M];
  for (int r = 0; r < M; ++r) {
    left[r] = hn::LoadU(kD32, bias);
    if constexpr (P == 2) right[r] = hn::LoadU(kD32, bias + lanes);
  }
  for (int k = 0; k < pairs; ++k) {
    const auto b_left = hn::LoadU(kD16, b + 2 * lanes * static_cast<std::size_t>(k));
    const auto b_right = P == 2 ? hn::LoadU(kD16, second + 2 * lanes * static_cast<std::size_t>(k)) : b_left;
    for (int r = 0; r < M; ++r) {
      const auto x = broadcast_pair(a + r * a_stride + 2 * k);
      left[r] = dot_pairs(kD32, left[r], x, b_left);
      if constexpr (P == 2) right[r] = dot_pairs(kD32, right[r], x, b_right);
    }
  }
  for (int r = 0; r < M; ++r) {
    hn::StoreU(left[r], kD32, acc + r * acc_stride);
    if constexpr (P == 2) hn::StoreU(right[r], kD32, acc + r * acc_stride + lanes);
  }
}

template <int M>
void multiply(const std::int16_t* a, std::ptrdiff_t a_stride, int row_count, const std::int16_t* b, int panels,
              int pairs, const std::int32_t* bias, std::int32_t* acc, std::ptrdiff_t acc_stride) {
  if (row_count == M) {
    if (panels == 2) return multiply_tile<M, 2>(a, a_stride, b, pairs, bias, acc, acc_stride);
    return multiply_tile<M, 1>(a, a_stride, b, pairs, bias, acc, acc_stride);
  }
  if constexpr (M > 1) multiply<M - 1>(a, a_stride, row_count, b, panels, pairs, bias, acc, acc_stride);
}

template <typename T>
void widen(const T* code, std::int64_t count, std::int16_t zero_point, std::int16_t* out) {
  const hn::Rebind<T, decltype(kD16)> d8;
  const auto zero = hn::Set(kD16, zero_point);
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(kD16));
  for (std::int64_t i = 0; i < count; i += lanes) {
    hn::StoreU(hn::Sub(hn::PromoteTo(kD16, hn::LoadU(d8, code + i)), zero), kD16, out + i);
  }
}

GemmKernels get_gemm_int16_pairs() {
  return {static_cast<int>(hn::Lanes(kD32)), kRows, multiply<kRows>, widen<std::int8_t>, widen<std::uint8_t>};
}

#else
GemmKernels get_gemm_int16_pairs() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(GemmKernels, gemm_int16_pairs)
#endif
