// Scales and zero points that stand for no number, whatever the op. A file with a scale that is negative, infinite or
// no number is not even read; a scale of 0 is how converters write that there is none.

#include <cmath>

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"
#include "ops/checks.h"

namespace nputwin::lint_rules {
namespace {

constexpr const char* kQuantizeAgain = "quantize the model again with a representative dataset that moves this tensor";

void check_tensor(NodeId id, const Graph& graph, int t, Findings& findings) {
  const ModelTensor& tensor = graph.tensor(t);
  const Quantization& q = tensor.spec.quantization;
  if (!is_codes(tensor.spec.type) || q.empty()) return;
  for (const float scale : q.scale) {
    if (scale >= 1.17549435e-38F) continue;
    findings.add(Severity::kWarning, id, t,
                 fmt::format("its scale {} is denormal: processors that flush such numbers read 0", scale),
                 kQuantizeAgain);
    break;
  }
  if (q.per_tensor()) {
    if (const Status range = check_per_tensor(tensor.spec, "it"); !range)
      findings.add(Severity::kError, id, t,
                   fmt::format("its zero point {} is outside the codes of {}", q.zero_point[0], name(tensor.spec.type)),
                   "the zero point must be a code of the tensor's type; convert the model again");
  }
  if (tensor.spec.type == DType::kInt16 && q.zero_point[0] != 0)
    findings.add(Severity::kError, id, t, fmt::format("it is int16 with zero point {}", q.zero_point[0]),
                 "int16 is symmetric: its zero point must be 0; convert the model again");
}

}  // namespace

void scale_values(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) {
    for (const int t : {layer.input, layer.weights, layer.output}) {
      if (layer.spec(t).quantization.empty())
        findings.add(Severity::kError, layer.id, t,
                     fmt::format("it is {} and its scale is 0, or it has none", name(layer.spec(t).type)),
                     kQuantizeAgain);
    }
  });
  std::vector<std::vector<bool>> seen(context.model.graphs.size());
  each_node(context.model, [&](NodeId id, const Graph& graph, const Node& node) {
    auto& done = seen[static_cast<std::size_t>(id.subgraph)];
    done.resize(graph.tensors.size());
    for (const auto* tensors : {&node.inputs, &node.outputs}) {
      for (const int t : *tensors) {
        if (t < 0 || done[static_cast<std::size_t>(t)]) continue;
        done[static_cast<std::size_t>(t)] = true;
        check_tensor(id, graph, t, findings);
      }
    }
  });
}

}  // namespace nputwin::lint_rules
