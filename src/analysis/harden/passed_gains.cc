#include "analysis/harden/passed_gains.h"

#include <algorithm>
#include <array>

#include "analysis/harden/layer.h"

namespace nputwin {

PassedGains::PassedGains(const HardenBench& bench, std::span<const lint_rules::Layer> layers)
    : bench_(bench), takes_back_(bench.graph().nodes.size()) {
  for (const lint_rules::Layer& layer : layers) {
    if (layer.node->op != "DEPTHWISE_CONV_2D" || bench.spec(layer.weights).quantization.per_tensor()) continue;
    const LayerRules rules = LayerRules::of(bench, layer.id.index);
    takes_back_[layer.id.index] = rules.unlike.empty() && why_left(bench, layer, rules).empty();
  }
}

bool PassedGains::keeps_channels(const Node& node) const {
  constexpr std::array<std::string_view, 3> kOps{"PAD", "MAX_POOL_2D", "AVERAGE_POOL_2D"};
  if (std::ranges::find(kOps, node.op) == kOps.end()) return false;
  if (node.attributes.integer("fused_activation_function") != 0) return false;  // it may cut off
  const Shape &in = bench_.spec(node.inputs[0]).shape, &out = bench_.spec(node.outputs[0]).shape;
  return !in.empty() && !out.empty() && in.back() == out.back();
}

bool PassedGains::can_pass(int tensor) const {
  const Graph& graph = bench_.graph();
  if (std::ranges::find(graph.outputs, tensor) != graph.outputs.end()) return false;
  bool is_read = false;
  for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
    const Node& node = graph.nodes[n];
    const auto reads = std::ranges::count(node.inputs, tensor);
    if (reads == 0) continue;
    is_read = true;
    if (reads > 1 || node.inputs[0] != tensor) return false;
    if (!takes_back_[n] && !(keeps_channels(node) && can_pass(node.outputs[0]))) return false;
  }
  return is_read;
}

void PassedGains::pass(int tensor, const std::vector<double>& gains) {
  gains_[tensor] = gains;
  for (const Node& node : bench_.graph().nodes) {
    if (!node.inputs.empty() && node.inputs[0] == tensor && keeps_channels(node)) pass(node.outputs[0], gains);
  }
}

const std::vector<double>* PassedGains::of(int tensor) const {
  const auto found = gains_.find(tensor);
  return found == gains_.end() ? nullptr : &found->second;
}

}  // namespace nputwin
