// QUANTIZE from codes to codes loses up to half a step and differs between runtimes; DEQUANTIZE and QUANTIZE in a row
// do that by way of float32.

#include <algorithm>

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {
namespace {

const Node* maker_of(const Graph& graph, int t) {
  const auto maker = std::ranges::find_if(
      graph.nodes, [&](const Node& n) { return std::ranges::find(n.outputs, t) != n.outputs.end(); });
  return maker == graph.nodes.end() ? nullptr : &*maker;
}

/// int8 against uint8 of one scale, and zero points 128 apart: the same numbers.
bool only_shifts(const TensorSpec& in, const TensorSpec& out) {
  return is_8bit(in.type) && is_8bit(out.type) && in.scale() == out.scale() &&
         in.zero_point() - code_range(in.type).lo == out.zero_point() - code_range(out.type).lo;
}

}  // namespace

void rescaling(const Context& context, Findings& findings) {
  each_node(context.model, [&](NodeId id, const Graph& graph, const Node& node) {
    if (node.op != "QUANTIZE" || node.inputs.size() != 1 || node.outputs.size() != 1 || node.inputs[0] < 0) return;
    const TensorSpec &in = graph.spec(node.inputs[0]), &out = graph.spec(node.outputs[0]);
    const Node* maker = maker_of(graph, node.inputs[0]);
    if (maker != nullptr && maker->op == "DEQUANTIZE") {
      findings.add(Severity::kWarning, id, node.inputs[0], "DEQUANTIZE and QUANTIZE in a row: codes go through float32",
                   "convert the model again so that both ops share one tensor");
      return;
    }
    if (!is_codes(in.type) || !is_codes(out.type) || !in.quantization.per_tensor() || !out.quantization.per_tensor())
      return;
    if (only_shifts(in, out)) return;
    findings.add(Severity::kNote, id, node.outputs[0],
                 fmt::format("codes of scale {:.6g} become codes of scale {:.6g}: up to half a step is lost, and "
                             "runtimes round differently",
                             in.scale(), out.scale()),
                 "give both tensors one scale where the converter lets you (quantization-aware training)");
  });
}

}  // namespace nputwin::lint_rules
