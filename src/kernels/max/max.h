#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// Pixels that follow each other in a row.
struct PixelRun {
  std::int32_t first = 0, count = 0;
  bool operator==(const PixelRun&) const = default;
};

/// The definition: largest[i] = max(largest[i], in[i]), i < count.
template <typename T>
void max_scalar(const T* in, std::int64_t count, T* largest) {
  for (std::int64_t i = 0; i < count; ++i) largest[i] = std::max(largest[i], in[i]);
}

/// The same by one instruction set, first over the rows under a window, then over their pixels.
struct MaxKernels {
  template <typename T>
  struct OfCodes {
    /// out[i] = the largest of in[r * stride + i], r < rows. A vector more is read and written.
    void (*rows)(const T* in, std::int64_t stride, int rows, std::int64_t count, T* out) = nullptr;
    /// For each run the largest of its pixels, channel by channel, at least lo, at most hi. Reads a vector more.
    void (*pixels)(const T* line, const PixelRun* runs, std::int64_t count, std::int64_t channels, T lo, T hi,
                   T* out) = nullptr;
  };

  OfCodes<std::int8_t> i8;
  OfCodes<std::uint8_t> u8;

  [[nodiscard]] const OfCodes<std::int8_t>& of(const std::int8_t* /*in*/) const { return i8; }
  [[nodiscard]] const OfCodes<std::uint8_t>& of(const std::uint8_t* /*in*/) const { return u8; }
};

/// For every instruction set but "scalar".
#define NPUTWIN_MAX(name) [[nodiscard]] MaxKernels max_##name(const Isa& isa);
#include "kernels/max/kernels.inc"
#undef NPUTWIN_MAX

}  // namespace nputwin
