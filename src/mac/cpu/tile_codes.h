#pragma once

#include <array>
#include <span>

#include "kernels/product/product.h"
#include "mac/mac_kernel.h"

namespace nputwin {

/// What one run of a layer writes: outputs[i] = epilogues[i](sums).
struct LayerOutputs {
  MacKernel::Epilogues epilogues;
  MacKernel::Outputs outputs;
};

/// How the sums of some channels become codes, tile by tile: in registers by each epilogue that has such a form, and
/// here, from sums in memory, what those leave open.
class TileCodes {
 public:
  /// `row_step`: rows of the output from one position of a tile to the next.
  /// `kernels`: of the instruction set.
  TileCodes(const LayerOutputs& to, const ProductKernels& kernels, int first_channel, int channels,
            std::int64_t row_step = 1);

  /// For tiles whose first position is that row of the output.
  void move_to(std::int64_t row);
  [[nodiscard]] std::span<const CodeBlock> blocks() const { return std::span(blocks_).first(count_); }
  /// An epilogue reads all sums.
  [[nodiscard]] bool keep_sums() const { return count_ < to_.epilogues.size(); }

  /// Bit k of `unknown`: blocks()[k] has left codes open. `sums` may be some positions and channels of the tile.
  void finish(const SumBlock& sums, unsigned unknown) const;

 private:
  static constexpr std::size_t kMost = 16;  // epilogues of one run that have a form in registers

  void finish_wide(const SumBlock& sums, std::size_t epilogue, const GuardedCodes& codes) const;

  const LayerOutputs& to_;
  const ProductKernels& kernels_;
  int first_channel_;
  std::size_t count_ = 0;
  std::array<CodeBlock, kMost> blocks_;
  std::array<std::size_t, kMost> epilogue_{};  // of each block
};

}  // namespace nputwin
