#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// Sums of 8-bit codes, channel by channel, over a window of `rows` rows of `pixels` pixels: at most 2^23 of them, so
/// that sums stay in 32 bits.
struct SumKernels {
  template <typename T>
  using Window = void (*)(const T* in, std::int64_t row_stride, std::int64_t rows, std::int64_t pixels,
                          std::int64_t channels, std::int32_t* sums);
  /// A vector of codes more is read, and kSumPadding sums behind the last are written.
  Window<std::int8_t> i8 = nullptr;
  Window<std::uint8_t> u8 = nullptr;

  [[nodiscard]] Window<std::int8_t> of(const std::int8_t* /*in*/) const { return i8; }
  [[nodiscard]] Window<std::uint8_t> of(const std::uint8_t* /*in*/) const { return u8; }
  [[nodiscard]] static Window<std::int16_t> of(const std::int16_t* /*in*/) { return nullptr; }
};

inline constexpr std::int64_t kSumPadding = 32;

/// The definition, of int16 too.
template <typename T>
void sum_scalar(const T* in, std::int64_t row_stride, std::int64_t rows, std::int64_t pixels, std::int64_t channels,
                std::int32_t* sums) {
  for (std::int64_t c = 0; c < channels; ++c) sums[c] = 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < pixels; ++j) {
      for (std::int64_t c = 0; c < channels; ++c) sums[c] += in[i * row_stride + j * channels + c];
    }
  }
}

/// For every instruction set but "scalar".
#define NPUTWIN_SUM(name) [[nodiscard]] SumKernels sum_##name(const Isa& isa);
#include "kernels/sum/kernels.inc"
#undef NPUTWIN_SUM

}  // namespace nputwin
