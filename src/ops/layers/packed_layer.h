#pragma once

#include <span>
#include <vector>

#include "base/checked.h"
#include "kernels/matmul.h"
#include "kernels/requantize.h"

namespace nputwin {

/// Weights of a matrix product and its bias, packed for one instruction set: rows of 16-bit values times the weights,
/// tile by tile, each tile requantized as soon as it is summed. The caller has proven that no sum leaves int32.
class PackedLayer {
 public:
  /// `weights` [channels][depth], zero points taken off; `bias` one a channel.
  PackedLayer(std::span<const std::int16_t> weights, std::int64_t channels, std::int64_t depth,
              std::span<const std::int64_t> bias, const MatmulKernels& kernels)
      : kernels_(kernels), channels_(static_cast<int>(channels)), packed_(weights, channels, depth, kernels.panel) {
    for (const std::int64_t b : bias) bias_.push_back(static_cast<std::int32_t>(b));
    bias_.resize(static_cast<std::size_t>(packed_.panels() * kernels.panel));
  }

  /// Values from one row to the next.
  [[nodiscard]] std::int64_t row_stride() const { return packed_.pairs() * 2; }
  /// Independent pieces of the work: runs of output channels.
  [[nodiscard]] std::int64_t pieces() const {
    return (packed_.panels() + MatmulKernels::kPanels - 1) / MatmulKernels::kPanels;
  }
  /// Scratch that run() needs for accumulators.
  [[nodiscard]] static std::size_t tile_bytes(const MatmulKernels& kernels) {
    return align_up(static_cast<std::size_t>(kernels.rows * kernels.tile_columns() + Requantizer::kPadding) *
                    sizeof(std::int32_t));
  }

  /// Piece `piece` of `count` rows into `out`, whose rows are `out_stride` elements apart and start at the layer's
  /// channel 0, which is the requantizer's channel `first_channel`.
  template <typename T>
  void run(std::int64_t piece, const std::int16_t* rows, std::int64_t count, const Requantizer& requantizer,
           int first_channel, T* out, std::int64_t out_stride, std::int32_t* acc) const {
    const std::int64_t p = piece * MatmulKernels::kPanels;
    const int panels = static_cast<int>(std::min<std::int64_t>(MatmulKernels::kPanels, packed_.panels() - p));
    const int begin = static_cast<int>(p) * kernels_.panel;
    const int channels = std::min(panels * kernels_.panel, channels_ - begin);
    for (std::int64_t r = 0; r < count; r += kernels_.rows) {
      const int some = static_cast<int>(std::min<std::int64_t>(kernels_.rows, count - r));
      kernels_.multiply(rows + r * row_stride(), row_stride(), some, packed_.panel_data(p), panels, packed_.pairs(),
                        bias_.data() + begin, acc, kernels_.tile_columns());
      requantizer.run(acc, kernels_.tile_columns(), some, first_channel + begin, channels, out + r * out_stride + begin,
                      out_stride);
    }
  }

 private:
  MatmulKernels kernels_;
  int channels_;
  PackedMatrix packed_;
  std::vector<std::int32_t> bias_;  // padded to whole panels
};

}  // namespace nputwin
