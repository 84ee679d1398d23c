#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/isa.h"

namespace nputwin {

/// Kernels of one instruction set for acc[r][n] = bias[n] + sum_k a[r][k] * b[k][n], 16-bit factors, exact in
/// int32 as long as the caller has proven that no partial sum leaves int32.
struct GemmKernels {
  /// Output channels of one panel: the lanes of a vector.
  int panel = 0;
  /// Rows and panels that are computed together at most: a tile.
  int rows = 0;
  static constexpr int kPanels = 2;

  /// acc[r][0..panels*panel) for r < row_count (<= rows), panels 1 or 2. `a`: rows of 2*pairs values; `b`:
  /// packed panels, one behind the other (see PackedMatrix). Writes all columns of each row.
  void (*multiply)(const std::int16_t* a, std::ptrdiff_t a_stride, int row_count, const std::int16_t* b, int panels,
                   int pairs, const std::int32_t* bias, std::int32_t* acc, std::ptrdiff_t acc_stride);

  [[nodiscard]] int tile_columns() const { return kPanels * panel; }

  /// out[i] = code[i] - zero_point, i < count. May read and write up to one vector (kVectorSlack) past the end.
  void (*widen_i8)(const std::int8_t* code, std::int64_t count, std::int16_t zero_point, std::int16_t* out);
  void (*widen_u8)(const std::uint8_t* code, std::int64_t count, std::int16_t zero_point, std::int16_t* out);

  void widen(const std::int8_t* code, std::int64_t count, std::int16_t zero_point, std::int16_t* out) const {
    widen_i8(code, count, zero_point, out);
  }
  void widen(const std::uint8_t* code, std::int64_t count, std::int16_t zero_point, std::int16_t* out) const {
    widen_u8(code, count, zero_point, out);
  }
  /// int16 codes have no zero point.
  void widen(const std::int16_t* code, std::int64_t count, std::int16_t /*zero_point*/, std::int16_t* out) const {
    std::copy_n(code, count, out);
  }
};

#define NPUTWIN_GEMM(name) [[nodiscard]] GemmKernels gemm_##name(const Isa& isa);
#include "kernels/gemm/kernels.inc"
#undef NPUTWIN_GEMM

/// Weights [channels][depth], zero points taken off, laid out for GemmKernels::multiply: for each panel of
/// channels, for each pair of depths, for each channel, the two values. Missing channels and an odd last
/// depth are zeros.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(std::span<const std::int16_t> weights, std::int64_t channels, std::int64_t depth, int panel);

  [[nodiscard]] int pairs() const { return pairs_; }
  [[nodiscard]] std::int64_t panels() const { return panels_; }
  [[nodiscard]] const std::int16_t* panel_data(std::int64_t panel) const {
    return data_.data() + panel * pairs_ * panel_ * 2;
  }

 private:
  std::vector<std::int16_t> data_;
  std::int64_t panels_ = 0;
  int pairs_ = 0;
  int panel_ = 0;
};

}  // namespace nputwin
