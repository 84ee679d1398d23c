#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/checked.h"
#include "kernels/gemm/gemm.h"
#include "mac/mac_kernel.h"

namespace nputwin {

/// Why a layer cannot be computed by products of 16-bit factors, packed before and summed in int32; empty: it can.
[[nodiscard]] std::string refuses_int32_sums(const MacLayer& layer, std::int64_t largest, const Machine& machine);

/// Weights of a matrix product and its bias, packed for one instruction set: rows of 16-bit values times the weights,
/// tile by tile, each tile made codes as soon as it is summed. The caller has proven that no sum leaves int32.
class PackedLayer {
 public:
  /// `weights` [channels][depth], zero points taken off; `bias` one a channel. The first channel is `first_channel` of
  /// the epilogue's.
  PackedLayer(std::span<const std::int16_t> weights, std::int64_t channels, std::int64_t depth,
              std::span<const std::int64_t> bias, int first_channel, const GemmKernels& kernels);

  /// Values from one row to the next.
  [[nodiscard]] std::int64_t row_stride() const { return packed_.pairs() * 2; }
  /// Independent pieces of the work: runs of output channels.
  [[nodiscard]] std::int64_t pieces() const {
    return (packed_.panels() + GemmKernels::kPanels - 1) / GemmKernels::kPanels;
  }
  /// Scratch that run() needs for accumulators.
  [[nodiscard]] static std::size_t tile_bytes(const GemmKernels& kernels) {
    return align_up(static_cast<std::size_t>(kernels.rows * kernels.tile_columns() + Requantizer::kPadding) *
                    sizeof(std::int32_t));
  }

  /// Piece `piece` of `count` rows, which are rows of the output from `first_row` on.
  void run(std::int64_t piece, const std::int16_t* rows, std::int64_t first_row, std::int64_t count,
           MacKernel::Epilogues epilogues, MacKernel::Outputs outputs, std::int32_t* acc) const;

 private:
  GemmKernels kernels_;
  int channels_, first_channel_;
  PackedMatrix packed_;
  std::vector<std::int32_t> bias_;  // padded to whole panels
};

}  // namespace nputwin
