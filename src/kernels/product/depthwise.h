#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/isa.h"
#include "kernels/product/product.h"

namespace nputwin {

/// Neighbouring outputs of one line of a depthwise convolution, all channels. Rows of the input are interleaved before,
/// a group of them at a time, so that one lane sums up the products of one channel in one column of the group:
///
///   sum[x][c] = bias[c] + sum over row groups g, columns j of rows[g][x * stride + j * dilation][c] . weights[c][g][j]
struct DepthwiseLine {
  /// One a row group: values of its rows interleaved, 32 bits for each channel of each column.
  const std::byte* const* rows = nullptr;
  std::ptrdiff_t column = 0;  ///< bytes from column to column
  int row_groups = 0, size = 0, stride = 1, dilation = 1;
  /// [vectors of channels][row groups][size] vectors.
  const std::byte* weights = nullptr;
  const std::int32_t* bias = nullptr;
  int positions = 0, channels = 0;
  std::span<const CodeBlock> codes;  ///< of the first position and channel
  bool keep_sums = false;
  /// Is called for each tile whose sums are kept, or of which a code is not known: bit k of `unknown` stands for
  /// codes[k]. `sums`: [positions][stride], until the next call.
  void (*visit)(void* visitor, const std::int32_t* sums, std::ptrdiff_t stride, int position, int positions,
                int channel, int channels, unsigned unknown) = nullptr;
  void* visitor = nullptr;
};

/// Kernels of one instruction set and one arithmetic.
struct DepthwiseKernels {
  int lanes = 0;  ///< channels of a vector; 0: the instruction set has nothing for this arithmetic
  int group = 0;  ///< rows that are interleaved: 4 of bytes, or 2 of 16 bits
  void (*line)(const DepthwiseLine& line) = nullptr;
  /// The first `count` values of `group` rows of codes, interleaved: bytes to be taken as unsigned, or 16 bits less the
  /// zero point. May read and write up to four vectors past the end.
  void (*interleave_i8)(const void* const* rows, std::int64_t count, std::int32_t zero_point, std::byte* out) = nullptr;
  void (*interleave_u8)(const void* const* rows, std::int64_t count, std::int32_t zero_point, std::byte* out) = nullptr;
  /// Of 16-bit codes, which have no zero point; null where values are bytes.
  void (*interleave_i16)(const void* const* rows, std::int64_t count, std::int32_t zero_point,
                         std::byte* out) = nullptr;

  [[nodiscard]] bool bytes() const { return group == 4; }
};

#define NPUTWIN_DEPTHWISE(name) [[nodiscard]] DepthwiseKernels depthwise_##name(const Isa& isa);
#include "kernels/product/depthwise_kernels.inc"
#undef NPUTWIN_DEPTHWISE

}  // namespace nputwin
