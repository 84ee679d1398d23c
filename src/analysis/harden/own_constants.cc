#include "analysis/harden/own_constants.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "analysis/lint/layers.h"

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

}  // namespace nputwin
