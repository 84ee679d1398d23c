#include "kernels/copy/transpose.h"

#include <algorithm>

#ifndef NPUTWIN_SIMD_BATCH
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/copy/transpose_simd.cc"
#endif
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace nputwin {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET != HWY_SCALAR  // one lane: kernels/isa.cc does not offer it

/// A block of 16 x 16: rows k and k + 8 are interleaved, four times over, each time half a block apart.
HWY_INLINE void transpose_block(const std::uint8_t* HWY_RESTRICT from, std::int64_t from_stride,
                                std::uint8_t* HWY_RESTRICT to, std::int64_t to_stride) {
  const hn::Full128<std::uint8_t> d;
  hn::Vec<decltype(d)> a[16], b[16];
  for (int k = 0; k < 16; ++k) a[k] = hn::LoadU(d, from + k * from_stride);
  const auto interleave = [&](const auto* in, auto* out) {
    for (int k = 0; k < 8; ++k) {
      out[2 * k] = hn::InterleaveLower(d, in[k], in[k + 8]);
      out[2 * k + 1] = hn::InterleaveUpper(d, in[k], in[k + 8]);
    }
  };
  interleave(a, b);
  interleave(b, a);
  interleave(a, b);
  interleave(b, a);
  for (int k = 0; k < 16; ++k) hn::StoreU(a[k], d, to + k * to_stride);
}

// The last blocks overlap those before them.
void transpose_bytes(const std::byte* from, std::int64_t from_stride, std::byte* to, std::int64_t to_stride,
                     std::int64_t rows, std::int64_t columns) {
  const auto* in = reinterpret_cast<const std::uint8_t*>(from);
  auto* out = reinterpret_cast<std::uint8_t*>(to);
  for (std::int64_t i = 0; i < rows; i += kTransposeBlock) {
    const std::int64_t row = std::min(i, rows - kTransposeBlock);
    for (std::int64_t j = 0; j < columns; j += kTransposeBlock) {
      const std::int64_t column = std::min(j, columns - kTransposeBlock);
      transpose_block(in + column * from_stride + row, from_stride, out + row * to_stride + column, to_stride);
    }
  }
}

TransposeBytes get_transpose_blocks() { return transpose_bytes; }

#else
TransposeBytes get_transpose_blocks() { return nullptr; }
#endif

}  // namespace HWY_NAMESPACE
}  // namespace nputwin
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd_dispatch.h"
NPUTWIN_KERNELS_BY_ISA(TransposeBytes, transpose_blocks)
#endif
