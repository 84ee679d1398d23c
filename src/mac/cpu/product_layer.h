#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "kernels/product/product.h"
#include "mac/cpu/tile_codes.h"

namespace nputwin {

/// Why a layer cannot be computed with weights that are packed before and sums of 32 bits; empty: it can.
[[nodiscard]] std::string refuses_packed_weights(const MacLayer& layer, const Machine& machine);

/// Why its weights, [channels][...], cannot be packed as bytes.
[[nodiscard]] std::string refuses_weights(std::span<const std::int16_t> weights, std::int64_t channels);
/// Why its products cannot be of bytes, beside that.
[[nodiscard]] std::string refuses_bytes(const MacLayer& layer, const Machine& machine);

/// Where the values of some neighbouring outputs of a line are, and where their codes go.
struct OutputLine {
  const std::byte* const* rows = nullptr;  ///< ProductTile::rows of the first one
  std::ptrdiff_t step = 0;                 ///< bytes from one's window to the next one's
  int count = 0;
  std::int64_t first_row = 0;  ///< of the output: the first one's
  std::int64_t row_step = 1;   ///< rows of the output from one to the next
  const std::int32_t* window_sums = nullptr;
};

/// Some of a layer's output channels: their weights, packed, and their bias.
class ProductLayer {
 public:
  /// `weights`: packed for `kernels`; `bias` one a channel, or none. The first channel is `first_channel` of the
  /// layer's. Values have `zero` where the input has its zero point.
  ProductLayer(std::shared_ptr<const PackedWeights> weights, std::span<const std::int64_t> bias, int first_channel,
               std::int32_t zero, const ProductKernels& kernels);

  /// Independent pieces of the work: runs of output channels.
  [[nodiscard]] int panels() const { return weights_->panels(); }
  /// OutputLine::window_sums are needed.
  [[nodiscard]] bool needs_window_sums() const { return needs_window_sums_; }

  void run(int panel, const OutputLine& line, const LayerOutputs& to) const;

 private:
  ProductKernels kernels_;
  std::shared_ptr<const PackedWeights> weights_;
  int first_channel_;
  std::vector<std::int32_t> bias_, factor_;  // of whole vectors
  bool needs_window_sums_;
};

}  // namespace nputwin
