#include "analysis/lint/layers.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace nputwin::lint_rules {
namespace {

constexpr std::array kLayers{
    LayerOperands{"CONV_2D", 0, 1, 2, 0},         LayerOperands{"DEPTHWISE_CONV_2D", 0, 1, 2, 3},
    LayerOperands{"FULLY_CONNECTED", 0, 1, 2, 0}, LayerOperands{"TRANSPOSE_CONV", 2, 1, 3, 0},
    LayerOperands{"CONV_3D", 0, 1, 2, 4},
};

int operand(const Node& node, std::size_t k) { return k < node.inputs.size() ? node.inputs[k] : -1; }

template <typename T>
void add_codes(const Layer& layer, const TensorView& view, std::vector<ChannelWeights>& result) {
  const TensorSpec& spec = *view.spec;
  std::int64_t inner = 1;
  for (std::size_t d = static_cast<std::size_t>(layer.axis) + 1; d < spec.shape.size(); ++d) inner *= spec.shape[d];
  const auto codes = view.as<T>();
  const auto& zeros = spec.quantization.zero_point;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const std::size_t c = i / static_cast<std::size_t>(inner) % result.size();
    const std::int32_t zero = zeros.empty() ? 0 : zeros[zeros.size() == result.size() ? c : 0];
    const std::int32_t size = std::abs(std::int32_t{codes[i]} - zero);
    result[c].sum += size;
    result[c].most = std::max(result[c].most, size);
  }
}

}  // namespace

std::size_t Layer::channels() const {
  return static_cast<std::size_t>(spec(weights).shape[static_cast<std::size_t>(axis)]);
}

bool Layer::scaled() const {
  const auto& q = spec(weights).quantization;
  return spec(input).quantization.per_tensor() && spec(output).quantization.per_tensor() &&
         (q.per_tensor() || q.scale.size() == channels());
}

double Layer::weight_scale(std::size_t channel) const {
  const auto& q = spec(weights).quantization;
  return double{q.scale[q.per_tensor() ? 0 : channel]};
}

double Layer::multiplier(std::size_t channel) const {
  return double{spec(input).scale()} * weight_scale(channel) / double{spec(output).scale()};
}

std::int64_t Layer::bias_of(std::size_t channel) const {
  if (bias < 0 || !graph->tensor(bias).constant) return 0;
  const TensorView view{&spec(bias), *graph->tensor(bias).constant};
  if (view.spec->type == DType::kInt32 && channel < view.as<std::int32_t>().size())
    return view.as<std::int32_t>()[channel];
  constexpr std::int64_t kMost = std::int64_t{1} << 62;  // room for what is added to it
  if (view.spec->type == DType::kInt64 && channel < view.as<std::int64_t>().size())
    return std::clamp(view.as<std::int64_t>()[channel], -kMost, kMost);
  return 0;
}

const LayerOperands* layer_operands(std::string_view op) {
  const auto* layer = std::ranges::find(kLayers, op, &LayerOperands::op);
  return layer == kLayers.end() ? nullptr : layer;
}

void each_layer(const Model& model, const std::function<void(const Layer&)>& f) {
  each_node(model, [&](NodeId id, const Graph& graph, const Node& node) {
    const LayerOperands* op = layer_operands(node.op);
    if (op == nullptr || node.outputs.size() != 1) return;
    const Layer layer{id,
                      &graph,
                      &node,
                      operand(node, op->input),
                      operand(node, op->weights),
                      operand(node, op->bias),
                      node.outputs[0],
                      op->axis};
    if (layer.input < 0 || layer.weights < 0 || !graph.tensor(layer.weights).constant) return;
    const TensorSpec& weights = graph.spec(layer.weights);
    const bool of_codes = is_codes(graph.spec(layer.input).type) && is_codes(graph.spec(layer.output).type);
    if (!of_codes || !is_8bit(weights.type) || weights.shape.size() <= static_cast<std::size_t>(layer.axis)) return;
    if (weights.elements() > 0) f(layer);
  });
}

std::vector<ChannelWeights> channel_weights(const Layer& layer) {
  std::vector<ChannelWeights> result(layer.channels());
  const TensorView view{&layer.spec(layer.weights), *layer.graph->tensor(layer.weights).constant};
  if (view.spec->type == DType::kUInt8) {
    add_codes<std::uint8_t>(layer, view, result);
  } else {
    add_codes<std::int8_t>(layer, view, result);
  }
  return result;
}

std::int64_t largest_sum(const Layer& layer, const ChannelWeights& weights, std::size_t channel) {
  const TensorSpec& in = layer.spec(layer.input);
  const CodeRange codes = code_range(in.type);
  const std::int64_t zero = in.zero_point();
  return weights.sum * std::max(std::abs(codes.lo - zero), std::abs(codes.hi - zero)) +
         std::abs(layer.bias_of(channel));
}

}  // namespace nputwin::lint_rules
