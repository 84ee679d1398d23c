// Per-channel scales by TFLite's quantization specification: weights alone, along the axis of the output channels.

#include <algorithm>

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void channel_scales(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) {
    const TensorSpec& weights = layer.spec(layer.weights);
    const Quantization& q = weights.quantization;
    if (q.empty() || q.per_tensor()) return;
    if (q.scale.size() != layer.channels()) {
      findings.add(Severity::kError, layer.id, layer.weights,
                   fmt::format("its weights {} have {} scales, and {} output channels along axis {}",
                               to_string(weights.shape), q.scale.size(), layer.channels(), layer.axis),
                   fmt::format("give one scale, or one for each of the {} channels", layer.channels()));
    } else if (q.axis != layer.axis) {
      findings.add(Severity::kError, layer.id, layer.weights,
                   fmt::format("quantized_dimension of its weights {} is {}, but output channels are axis {}",
                               to_string(weights.shape), q.axis, layer.axis),
                   fmt::format("set quantized_dimension to {}", layer.axis));
    }
  });
  each_node(context.model, [&](NodeId id, const Graph& graph, const Node& node) {
    for (const int t : node.outputs) {
      const Quantization& q = graph.spec(t).quantization;
      if (q.scale.size() > 1 && is_codes(graph.spec(t).type) && !graph.tensor(t).constant)
        findings.add(Severity::kError, id, t, fmt::format("its output has {} scales", q.scale.size()),
                     "only weights have a scale for each channel: give the output one");
    }
  });
}

}  // namespace nputwin::lint_rules
