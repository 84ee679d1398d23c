#include "mac/cpu/packed_layer.h"

#include <fmt/format.h>

#include <algorithm>

namespace nputwin {

std::string refuses_int32_sums(const MacLayer& layer, std::int64_t largest, const Machine& machine) {
  if (machine.isa.scalar()) return kScalarAskedFor;
  if (layer.weights.computed) return "the weights are computed while the model runs and cannot be packed before";
  if (largest > INT32_MAX) return fmt::format("a partial sum can reach {}, which 32 bits do not hold", largest);
  return {};
}

PackedLayer::PackedLayer(std::span<const std::int16_t> weights, std::int64_t channels, std::int64_t depth,
                         std::span<const std::int64_t> bias, int first_channel, const GemmKernels& kernels)
    : kernels_(kernels),
      channels_(static_cast<int>(channels)),
      first_channel_(first_channel),
      packed_(weights, channels, depth, kernels.panel) {
  for (const std::int64_t b : bias) bias_.push_back(static_cast<std::int32_t>(b));
  bias_.resize(static_cast<std::size_t>(packed_.panels() * kernels.panel));
}

void PackedLayer::run(std::int64_t piece, const std::int16_t* rows, std::int64_t first_row, std::int64_t count,
                      MacKernel::Epilogues epilogues, MacKernel::Outputs outputs, std::int32_t* acc) const {
  const std::int64_t p = piece * GemmKernels::kPanels;
  const int panels = static_cast<int>(std::min<std::int64_t>(GemmKernels::kPanels, packed_.panels() - p));
  const int begin = static_cast<int>(p) * kernels_.panel;
  const int channels = std::min(panels * kernels_.panel, channels_ - begin);
  for (std::int64_t r = 0; r < count; r += kernels_.rows) {
    const int some = static_cast<int>(std::min<std::int64_t>(kernels_.rows, count - r));
    kernels_.multiply(rows + r * row_stride(), row_stride(), some, packed_.panel_data(p), panels, packed_.pairs(),
                      bias_.data() + begin, acc, kernels_.tile_columns());
    const SumBlock tile{acc, kernels_.tile_columns(), first_row + r, some, first_channel_ + begin, channels};
    for (std::size_t i = 0; i < epilogues.size(); ++i) epilogues[i]->run(tile, outputs[i].bytes.data());
  }
}

}  // namespace nputwin
