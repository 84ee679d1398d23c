// Ops that give the same output for every input that was run, although what they read differs: behind them nothing
// shows what the model saw, and that two devices agree there proves nothing.

#include <algorithm>

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void constant_outputs(const Context& context, Findings& findings) {
  const Graph& graph = context.model.main();
  const auto varies = [&](int t) {
    const auto found = context.active.find(t);
    return found != context.active.end() && found->second.movement.moved;
  };
  for (std::size_t i = 0; context.samples > 1 && i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const bool ran = std::ranges::any_of(node.outputs, [&](int t) { return context.active.contains(t); });
    if (!ran || std::ranges::none_of(node.inputs, varies) || std::ranges::any_of(node.outputs, varies)) continue;
    findings.add(
        Severity::kWarning, i, node.outputs[0],
        fmt::format("its output is the same for {} different inputs, though what it reads differs", context.samples),
        "find out why before you compare devices: scales of this op, or layers before it, are off");
  }
}

}  // namespace nputwin::lint_rules
