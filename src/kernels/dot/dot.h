#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// Row after row, sums of products, as registers of 32 bits hold them: they wrap.
struct DotKernels {
  /// sums[r] = sum_k weights[r * columns + k] * x[k]. Behind `columns`, x has kDotPadding zeros, and as many bytes can
  /// be read behind the last weight.
  void (*rows)(const std::int8_t* weights, std::int64_t rows, std::int64_t columns, const std::int16_t* x,
               std::int32_t* sums) = nullptr;
  /// sums[r] = sum_k a[r * columns + k] * b[r * columns + k]
  void (*pairs)(const std::int16_t* a, const std::int16_t* b, std::int64_t rows, std::int64_t columns,
                std::int32_t* sums) = nullptr;
};

inline constexpr std::int64_t kDotPadding = 32;

/// The definition of `rows`.
inline void dot_rows_scalar(const std::int8_t* weights, std::int64_t rows, std::int64_t columns, const std::int16_t* x,
                            std::int32_t* sums) {
  for (std::int64_t r = 0; r < rows; ++r) {
    std::uint32_t sum = 0;
    for (std::int64_t k = 0; k < columns; ++k)
      sum += static_cast<std::uint32_t>(std::int32_t{weights[r * columns + k]} * x[k]);
    sums[r] = static_cast<std::int32_t>(sum);
  }
}

/// For every instruction set but "scalar".
#define NPUTWIN_DOT(name) [[nodiscard]] DotKernels dot_##name(const Isa& isa);
#include "kernels/dot/kernels.inc"
#undef NPUTWIN_DOT

}  // namespace nputwin
