#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// Kernels of one instruction set for one output pixel of a depthwise convolution:
///
///   acc[c] = bias[c] + sum_t taps[t][c] * weights[t * stride + c]       c < channels
///
/// Exact as long as no partial sum leaves int32. Weights are int32 so that a lane is one channel. All arrays
/// may be read, and acc written, up to one vector past `channels`.
struct DepthwiseKernels {
  void (*pixel_i8)(const std::int8_t* const* taps, int tap_count, const std::int32_t* weights, std::int64_t stride,
                   const std::int32_t* bias, std::int64_t channels, std::int32_t* acc);
  void (*pixel_u8)(const std::uint8_t* const* taps, int tap_count, const std::int32_t* weights, std::int64_t stride,
                   const std::int32_t* bias, std::int64_t channels, std::int32_t* acc);
};

#define NPUTWIN_DEPTHWISE(name) [[nodiscard]] DepthwiseKernels depthwise_##name(const Isa& isa);
#include "kernels/depthwise/kernels.inc"
#undef NPUTWIN_DEPTHWISE

}  // namespace nputwin
