// Ops in float32 in a quantized model. Before the first QUANTIZE and behind the last DEQUANTIZE the CPU runs them as
// ever; between quantized ops they make an NPU hand over and take back.

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {
namespace {

/// What of the main graph's tensors is float32 made of codes, or float32 of which codes are made.
struct FloatFlow {
  std::vector<bool> of_codes, to_codes;

  explicit FloatFlow(const Graph& graph) : of_codes(graph.tensors.size()), to_codes(graph.tensors.size()) {
    for (const Node& node : graph.nodes) pass_on(graph, node.inputs, node.outputs, of_codes);
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node)
      pass_on(graph, node->outputs, node->inputs, to_codes);
  }

 private:
  static void pass_on(const Graph& graph, const std::vector<int>& from, const std::vector<int>& to,
                      std::vector<bool>& mark) {
    bool marked = false;
    for (const int t : from) {
      if (t >= 0 && !graph.tensor(t).constant)
        marked = marked || is_codes(graph.spec(t).type) || mark[static_cast<std::size_t>(t)];
    }
    for (const int t : to) {
      if (t >= 0 && marked && graph.spec(t).type == DType::kFloat32) mark[static_cast<std::size_t>(t)] = true;
    }
  }
};

/// The node computes float32 of float32.
bool in_float(const Graph& graph, const Node& node) {
  if (node.outputs.empty() || graph.spec(node.outputs[0]).type != DType::kFloat32) return false;
  for (const int t : node.inputs) {
    if (t >= 0 && graph.spec(t).type == DType::kFloat32) return true;
  }
  return false;
}

}  // namespace

void float_ops(const Context& context, Findings& findings) {
  const Graph& graph = context.model.main();
  const FloatFlow flow(graph);
  std::vector<std::size_t> between, before, behind;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!in_float(graph, graph.nodes[i])) continue;
    const auto made = static_cast<std::size_t>(graph.nodes[i].outputs[0]);
    if (flow.of_codes[made] && flow.to_codes[made]) between.push_back(i);
    if (!flow.of_codes[made] && flow.to_codes[made]) before.push_back(i);
    if (flow.of_codes[made] && !flow.to_codes[made]) behind.push_back(i);
  }
  const auto tell = [&](Severity severity, const std::vector<std::size_t>& nodes, const char* where, const char* fix) {
    if (nodes.empty()) return;
    findings.add(severity, nodes.front(), -1,
                 fmt::format("{} compute{} in float32 {}", ops_text(nodes), nodes.size() == 1 ? "s" : "", where), fix);
  };
  tell(Severity::kWarning, between, "between quantized ops: an NPU hands over to the CPU and takes back",
       "quantize these ops too, or move them to the model's end");
  tell(Severity::kNote, before, "before the first quantized op", "nothing, if the CPU is to do it");
  tell(Severity::kNote, behind, "behind the last quantized op", "nothing, if the CPU is to do it");
}

}  // namespace nputwin::lint_rules
