#include "mac/cpu/product_layer.h"

#include <fmt/format.h>

#include <algorithm>

namespace nputwin {
std::string refuses_packed_weights(const MacLayer& layer, const Machine& machine) {
  if (machine.isa.scalar()) return kScalarAskedFor;
  if (layer.weights.computed) return "the weights are computed while the model runs and cannot be packed before";
  const std::int64_t largest = layer.weights.largest_accumulator;
  if (largest > INT32_MAX) return fmt::format("a sum can reach {}, which 32 bits do not hold", largest);
  return {};
}

std::string refuses_weights(std::span<const std::int16_t> weights, std::int64_t channels) {
  return PackedWeights::fits(weights, channels) ? "" : "the weights of a channel differ by more than 255";
}

std::string refuses_bytes(const MacLayer& layer, const Machine& machine) {
  if (!is_8bit(layer.type)) return fmt::format("it takes 8-bit codes, the layer has {}", name(layer.type));
  if (product_bytes(machine.isa).lanes == 0) return "the instruction set has no dot product of bytes";
  return {};
}

ProductLayer::ProductLayer(std::shared_ptr<const PackedWeights> weights, std::span<const std::int64_t> bias,
                           int first_channel, std::int32_t zero, const ProductKernels& kernels)
    : kernels_(kernels), weights_(std::move(weights)), first_channel_(first_channel) {
  const std::size_t channels = weights_->taken_off().size();
  factor_.assign(weights_->taken_off().begin(), weights_->taken_off().end());
  needs_window_sums_ = std::ranges::any_of(factor_, [](std::int32_t f) { return f != 0; });
  // sum of (value - zero) * (packed + off) over a window of all entries, modulo 2^32 as the tiles have it.
  const auto depth = static_cast<std::uint32_t>(weights_->depth());
  bias_.reserve(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    const auto own = bias.empty() ? 0U : static_cast<std::uint32_t>(bias[c]);
    const auto total =
        static_cast<std::uint32_t>(weights_->totals()[c]) + static_cast<std::uint32_t>(factor_[c]) * depth;
    bias_.push_back(static_cast<std::int32_t>(own - static_cast<std::uint32_t>(zero) * total));
  }
  const std::size_t padded = channels + static_cast<std::size_t>(ProductKernels::kMostVectors * kernels.lanes);
  bias_.resize(padded), factor_.resize(padded);
}

void ProductLayer::run(int panel, const OutputLine& line, const LayerOutputs& to) const {
  alignas(64) std::int32_t sums[ProductKernels::kMostSums];
  const int vectors = weights_->vectors(panel), begin = weights_->first_channel(panel);
  const int channels = weights_->channels(panel);
  TileCodes codes(to, kernels_, first_channel_ + begin, channels, line.row_step);
  ProductTile tile;
  tile.rows = line.rows;
  tile.step = line.step;
  tile.entries = weights_->entries();
  tile.groups = weights_->groups();
  tile.weights = weights_->data(panel);
  tile.bias = bias_.data() + begin;
  tile.factor = factor_.data() + begin;
  tile.sums = sums;
  tile.keep_sums = codes.keep_sums();
  for_each_tile(kernels_, vectors, line.count, [&](int from, int positions) {
    const std::int64_t row = line.first_row + from * line.row_step;
    tile.offset = from * line.step;
    tile.window_sums = needs_window_sums_ ? line.window_sums + from : nullptr;
    codes.move_to(row);
    tile.codes = codes.blocks();
    const unsigned unknown = kernels_.tiles[vectors][positions](tile);
    if (unknown == 0 && !tile.keep_sums) return;
    codes.finish({sums, std::ptrdiff_t{vectors} * kernels_.lanes, row, positions, first_channel_ + begin, channels,
                  line.row_step},
                 unknown);
  });
}

}  // namespace nputwin
