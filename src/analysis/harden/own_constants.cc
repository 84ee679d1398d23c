#include "analysis/harden/own_constants.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "analysis/lint/layers.h"
#include "tensor/dtype.h"

namespace nputwin {
namespace {

/// Then the first of them can keep the tensor.
bool all_readers_are_layers(const Graph& graph, int t) {
  return std::ranges::all_of(graph.nodes, [t](const Node& node) {
    if (std::ranges::find(node.inputs, t) == node.inputs.end()) return true;
    return lint_rules::layer_operands(node.op) != nullptr;
  });
}

bool can_be_copied(const ModelTensor& tensor) {
  return tensor.constant && tensor.complete && tensor.unsupported.empty() && tensor.packed_bits == 0;
}

}  // namespace

OpChange own_constants(const Graph& graph) {
  OpChange change;
  change.first_added = graph.tensors.size();
  std::map<int, std::size_t> readers;
  for (const Node& node : graph.nodes) {
    for (const int t : node.inputs) ++readers[t];
  }
  std::map<int, bool> taken;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const auto* layer = lint_rules::layer_operands(node.op);
    if (layer == nullptr || node.left_out || !node.complete) continue;
    Node own = node;
    for (const std::size_t k : {layer->weights, layer->bias}) {
      if (k >= node.inputs.size() || node.inputs[k] < 0 || readers[node.inputs[k]] < 2) continue;
      const int t = node.inputs[k];
      const ModelTensor& tensor = graph.tensor(t);
      if (!can_be_copied(tensor)) continue;
      const bool others_read = std::ranges::find(graph.outputs, t) != graph.outputs.end();
      if (!others_read && !std::exchange(taken[t], true) && all_readers_are_layers(graph, t)) continue;
      TensorSpec spec = tensor.spec;
      spec.name += "/of_op_" + std::to_string(n);
      const Bytes bytes = *tensor.constant;
      change.tensors.push_back({std::move(spec), {bytes.begin(), bytes.end()}});
      own.inputs[k] = static_cast<int>(graph.tensors.size() + change.tensors.size()) - 1;
    }
    if (own.inputs != node.inputs) change.nodes[n] = {std::move(own)};
  }
  return change;
}

OpChange own_biases(const Graph& graph, std::span<const std::size_t> nodes) {
  OpChange change;
  change.first_added = graph.tensors.size();
  for (const std::size_t n : nodes) {
    const Node& node = graph.nodes[n];
    const auto* layer = lint_rules::layer_operands(node.op);
    if (layer == nullptr || node.left_out || !node.complete) continue;
    Node own = node;
    own.inputs.resize(std::max(node.inputs.size(), layer->bias + 1), -1);
    const TensorSpec &in = graph.spec(node.inputs[layer->input]), &weights = graph.spec(node.inputs[layer->weights]);
    if (own.inputs[layer->bias] >= 0 || !is_8bit(in.type)) continue;
    const int channels = weights.shape[static_cast<std::size_t>(layer->axis)];
    TensorSpec bias{weights.name + "/bias", DType::kInt32, {channels}, weights.quantization};
    for (float& scale : bias.quantization.scale) scale *= in.scale();
    std::ranges::fill(bias.quantization.zero_point, 0);
    bias.quantization.axis = 0;
    change.tensors.push_back(
        {std::move(bias), std::vector<std::byte>(static_cast<std::size_t>(channels) * sizeof(std::int32_t))});
    own.inputs[layer->bias] = static_cast<int>(graph.tensors.size() + change.tensors.size()) - 1;
    constexpr int kFirstWithBias = 3;
    if (node.op == "TRANSPOSE_CONV") own.version = std::max(own.version, kFirstWithBias);
    change.nodes[n] = {std::move(own)};
  }
  return change;
}

}  // namespace nputwin
