#include "kernels/product/depthwise.h"

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/product/depthwise_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <algorithm>
#include <type_traits>

#include "kernels/dot-inl.h"
#include "kernels/product/codes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR  // one lane: nothing for these kernels; kernels/isa.cc does not offer it

/// M positions times P vectors of channels, from position `x` and channel `c` on.
// Not inlined: gcc 12 would leave the sums in memory.
template <class Dot, int M, int P>
HWY_NOINLINE void depthwise_tile(const DepthwiseLine& line, int x, int c) {
  const D32 d;
  constexpr std::ptrdiff_t kBytes = kLanes * 4;
  V32 sums[M][P];
  NPUTWIN_UNROLL
  for (int r = 0; r < M; ++r) {
    NPUTWIN_UNROLL
    for (int p = 0; p < P; ++p) sums[r][p] = hn::LoadU(d, line.bias + c + p * kLanes);
  }
  const std::ptrdiff_t vector_weights = kBytes * line.row_groups * line.size;
  const std::byte* HWY_RESTRICT w = line.weights + c / kLanes * vector_weights;
  const std::ptrdiff_t position = line.stride * line.column, tap = line.dilation * line.column;
  const std::ptrdiff_t at = x * position + std::ptrdiff_t{c} * 4;
  for (int g = 0; g < line.row_groups; ++g) {
    const std::byte* HWY_RESTRICT values = line.rows[g] + at;
    for (int j = 0; j < line.size; ++j, values += tap, w += kBytes) {
      V32 weight[P];
      NPUTWIN_UNROLL
      for (int p = 0; p < P; ++p)
        weight[p] = hn::LoadU(d, reinterpret_cast<const std::int32_t*>(w + p * vector_weights));
      NPUTWIN_UNROLL
      for (int r = 0; r < M; ++r) {
        NPUTWIN_UNROLL
        for (int p = 0; p < P; ++p) {
          const auto value = hn::LoadU(d, reinterpret_cast<const std::int32_t*>(values + r * position + p * kBytes));
          sums[r][p] = Dot::dot(sums[r][p], value, weight[p]);
        }
      }
    }
  }
  unsigned unknown = 0;
  for (std::size_t k = 0; k < line.codes.size(); ++k) {
    CodeBlock block = line.codes[k];
    block.first_channel += c;
    block.channels = std::min(block.channels - c, P * kLanes);
    block.out += x * block.step + c;
    if (!write_codes<M, P>(sums, block)) unknown |= 1U << k;
  }
  if (unknown == 0 && !line.keep_sums) return;
  HWY_ALIGN std::int32_t kept[M * P * kLanes];
  NPUTWIN_UNROLL
  for (int r = 0; r < M; ++r) {
    NPUTWIN_UNROLL
    for (int p = 0; p < P; ++p) hn::Store(sums[r][p], d, kept + (r * P + p) * kLanes);
  }
  line.visit(line.visitor, kept, P * kLanes, x, M, c, std::min(line.channels - c, P * kLanes), unknown);
}

template <class Dot, int M>
HWY_INLINE void depthwise_positions(const DepthwiseLine& line, int x) {
  int c = 0;
  for (; c + kLanes < line.channels; c += 2 * kLanes) depthwise_tile<Dot, M, 2>(line, x, c);
  if (c < line.channels) depthwise_tile<Dot, M, 1>(line, x, c);
}

/// All channels of some positions before the next ones: what is written stays in one line of the cache.
template <class Dot>
void depthwise_line(const DepthwiseLine& line) {
  constexpr int kPositions = 4;
  int x = 0;
  for (; x + kPositions <= line.positions; x += kPositions) depthwise_positions<Dot, kPositions>(line, x);
  if (x < line.positions && line.positions >= kPositions) {
    depthwise_positions<Dot, kPositions>(line, line.positions - kPositions);  // some once more
    return;
  }
  for (; x < line.positions; ++x) depthwise_positions<Dot, 1>(line, x);
}

struct Int16Dot {
  static HWY_INLINE V32 dot(V32 sum, V32 values, V32 weights) {
    const hn::Repartition<std::int16_t, D32> d16;
    return dot_pairs(D32(), sum, hn::BitCast(d16, values), hn::BitCast(d16, weights));
  }
};

/// Two rows of 8-bit codes as pairs of 16-bit values.
template <typename T>
void interleave_pairs(const void* const* rows, std::int64_t count, std::int32_t zero_point, std::byte* out) {
  // Interleaving works in blocks of 128 bits: no more than one is interleaved at a time.
  const hn::FixedTag<std::int16_t, kLanes >= 8 ? 16 : 8> d16;
  const hn::Rebind<T, decltype(d16)> d8;
  const auto zero = hn::Set(d16, static_cast<std::int16_t>(zero_point));
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d16));
  const auto *a = static_cast<const T*>(rows[0]), *b = static_cast<const T*>(rows[1]);
  auto* values = reinterpret_cast<std::int16_t*>(out);
  for (std::int64_t i = 0; i < count; i += lanes) {
    const auto first = hn::LoadU(d8, a + i), second = hn::LoadU(d8, b + i);
    const auto low = hn::InterleaveLower(d8, first, second), high = hn::InterleaveUpper(d8, first, second);
    hn::StoreU(hn::Sub(hn::PromoteTo(d16, low), zero), d16, values + 2 * i);
    hn::StoreU(hn::Sub(hn::PromoteTo(d16, high), zero), d16, values + 2 * i + lanes);
  }
}

/// Two rows of 16-bit codes as pairs.
void interleave_wide_pairs(const void* const* rows, std::int64_t count, std::int32_t /*zero_point*/, std::byte* out) {
  const hn::FixedTag<std::int16_t, 8> d16;
  const auto *a = static_cast<const std::int16_t*>(rows[0]), *b = static_cast<const std::int16_t*>(rows[1]);
  auto* values = reinterpret_cast<std::int16_t*>(out);
  for (std::int64_t i = 0; i < count; i += 8) {
    const auto first = hn::LoadU(d16, a + i), second = hn::LoadU(d16, b + i);
    hn::StoreU(hn::InterleaveLower(d16, first, second), d16, values + 2 * i);
    hn::StoreU(hn::InterleaveUpper(d16, first, second), d16, values + 2 * i + 8);
  }
}

DepthwiseKernels get_depthwise_int16() {
  return {kLanes,
          2,
          depthwise_line<Int16Dot>,
          interleave_pairs<std::int8_t>,
          interleave_pairs<std::uint8_t>,
          interleave_wide_pairs};
}

#if HWY_TARGET <= HWY_AVX3_DL && HWY_ARCH_X86
struct ByteDot {
  static HWY_INLINE V32 dot(V32 sum, V32 values, V32 weights) { return dot_bytes(sum, values, weights); }
};

/// Four rows of codes as groups of four unsigned bytes: int8 codes plus 128, uint8 ones as they are.
template <typename T>
void interleave_fours(const void* const* rows, std::int64_t count, std::int32_t /*zero_point*/, std::byte* out) {
  const hn::Repartition<std::uint8_t, D32> d8;
  const hn::Repartition<std::uint16_t, D32> d16;
  const auto flip = hn::Set(d8, std::is_signed_v<T> ? 0x80 : 0);
  // Interleaving works in blocks of 128 bits: block b is given the codes that it has in each of the four results.
  HWY_ALIGN std::int32_t places[kLanes];
  for (int i = 0; i < kLanes; ++i) places[i] = i % 4 * (kLanes / 4) + i / 4;
  const auto order = hn::SetTableIndices(D32(), places);
  const auto row = [&](int r, std::int64_t i) {
    const auto codes = hn::LoadU(d8, static_cast<const std::uint8_t*>(rows[r]) + i);
    return hn::BitCast(d8, hn::TableLookupLanes(hn::BitCast(D32(), hn::Xor(codes, flip)), order));
  };
  auto* values = reinterpret_cast<std::uint16_t*>(out);
  const std::int64_t lanes = 4 * kLanes;
  for (std::int64_t i = 0; i < count; i += lanes, values += 2 * lanes) {
    const auto a = row(0, i), b = row(1, i), c = row(2, i), e = row(3, i);
    const auto ab_low = hn::BitCast(d16, hn::InterleaveLower(d8, a, b));
    const auto ce_low = hn::BitCast(d16, hn::InterleaveLower(d8, c, e));
    const auto ab_high = hn::BitCast(d16, hn::InterleaveUpper(d8, a, b));
    const auto ce_high = hn::BitCast(d16, hn::InterleaveUpper(d8, c, e));
    hn::StoreU(hn::InterleaveLower(d16, ab_low, ce_low), d16, values);
    hn::StoreU(hn::InterleaveUpper(d16, ab_low, ce_low), d16, values + lanes / 2);
    hn::StoreU(hn::InterleaveLower(d16, ab_high, ce_high), d16, values + lanes);
    hn::StoreU(hn::InterleaveUpper(d16, ab_high, ce_high), d16, values + lanes / 2 * 3);
  }
}

DepthwiseKernels get_depthwise_bytes() {
  return {kLanes, 4, depthwise_line<ByteDot>, interleave_fours<std::int8_t>, interleave_fours<std::uint8_t>, nullptr};
}
#else
DepthwiseKernels get_depthwise_bytes() { return {}; }
#endif

#else
DepthwiseKernels get_depthwise_int16() { return {}; }
DepthwiseKernels get_depthwise_bytes() { return {}; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(DepthwiseKernels, depthwise_bytes)
NPUTWIN_KERNELS_BY_ISA(DepthwiseKernels, depthwise_int16)
#endif
