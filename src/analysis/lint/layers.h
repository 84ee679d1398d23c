#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "analysis/lint/context.h"

namespace nputwin::lint_rules {

/// A layer whose activations are codes and whose weights are constant codes.
struct Layer {
  NodeId id;
  const Graph* graph;
  const Node* node;
  int input, weights, bias, output;  ///< tensors; bias -1: none
  int axis;                          ///< of the weights: the output channels

  [[nodiscard]] const TensorSpec& spec(int t) const { return graph->spec(t); }
  [[nodiscard]] std::size_t channels() const;
  /// Input and output have one scale each, the weights one or one a channel, all above 0.
  [[nodiscard]] bool scaled() const;
  [[nodiscard]] double weight_scale(std::size_t channel) const;
  /// M = s_in * s_w / s_out, of a layer that is scaled.
  [[nodiscard]] double multiplier(std::size_t channel) const;
  /// A channel's bias; 0 without one.
  [[nodiscard]] std::int64_t bias_of(std::size_t channel) const;
};

/// Where an op that multiplies and adds up has its operands among its inputs, by the format.
struct LayerOperands {
  std::string_view op;
  std::size_t input, weights, bias;
  int axis;  ///< of the weights: the output channels
};
/// Null: the op is none of them.
[[nodiscard]] const LayerOperands* layer_operands(std::string_view op);

/// Every such layer of the model.
void each_layer(const Model& model, const std::function<void(const Layer&)>& f);

/// What a channel's weights are.
struct ChannelWeights {
  std::int64_t sum = 0;   ///< of |weight - zero point|
  std::int32_t most = 0;  ///< the largest of these
};
[[nodiscard]] std::vector<ChannelWeights> channel_weights(const Layer& layer);

/// The largest sum that a channel can have by its weights and bias, whatever the input.
[[nodiscard]] std::int64_t largest_sum(const Layer& layer, const ChannelWeights& weights, std::size_t channel);

}  // namespace nputwin::lint_rules
