#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/kernel.h"
#include "mac/layer_values.h"
#include "mac/taps.h"

namespace nputwin {

/// Weights that are an input of the node, computed while the model runs.
struct ComputedWeights {
  DType type = DType::kInt8;
  std::int32_t zero = 0;

  bool operator==(const ComputedWeights&) const = default;
};

/// What inputs are multiplied with, and what the sums start from.
struct MacWeights {
  LayerValues values;
  std::vector<std::int64_t> bias;           ///< one for each channel; empty: zeros
  std::optional<ComputedWeights> computed;  ///< set: in the place of `values`
  std::int64_t largest_accumulator = 0;     ///< bounds |any partial sum| of centred inputs, whatever they are

  bool operator==(const MacWeights&) const = default;
};

/// A multiply-accumulate layer; what is summed, not how:
///
///   sum(e) = bias[channel(e)] + sum over taps of (input - input_zero) * weight
///
/// Channels are the output's last dimension. Two layers that are equal have equal sums for equal inputs.
struct MacLayer {
  Taps taps;
  MacWeights weights;
  DType type = DType::kInt8;  ///< of inputs and outputs: int8, uint8 or int16
  std::int32_t input_zero = 0;
  std::size_t activations_input = 0, weights_input = 1;  ///< which of the node's inputs are multiplied

  bool operator==(const MacLayer&) const = default;

  // Single elements, by the definition. `element`: a flat index of the output.
  [[nodiscard]] std::vector<TapRun> runs(std::int64_t element) const;
  /// A weight as it is multiplied, without its zero point.
  [[nodiscard]] std::int32_t factor(const RunContext& context, std::int64_t weight) const;
  [[nodiscard]] std::int64_t bias(std::int64_t element) const {
    const auto channels = static_cast<std::int64_t>(weights.bias.size());
    return channels == 0 ? 0 : weights.bias[static_cast<std::size_t>(element % channels)];
  }
  [[nodiscard]] std::int64_t sum(const RunContext& context, std::int64_t element) const;
  /// How many products the output's elements add up, padding aside.
  [[nodiscard]] std::int64_t products(std::int64_t elements) const;
};

}  // namespace nputwin
