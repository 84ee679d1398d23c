#include "model/cut.h"

#include <algorithm>
#include <set>

namespace nputwin {
namespace {

/// The tensors that a node reads or makes and that outlive a run.
std::set<int> variables_of(const Graph& graph, const Node& node) {
  std::set<int> variables;
  for (const auto* list : {&node.inputs, &node.outputs}) {
    for (const int t : *list) {
      if (t >= 0 && graph.tensor(t).variable) variables.insert(t);
    }
  }
  return variables;
}

/// VAR_HANDLE and CALL_ONCE: no values go in or out, but ops on variables need them.
bool sets_up_variables(const Node& node) { return node.op == "VAR_HANDLE" || node.op == "CALL_ONCE"; }

bool has_value(const Graph& graph, int t) { return t >= 0 && !graph.tensor(t).variable && !graph.tensor(t).constant; }

/// Adds t where it is missing.
void add_once(std::vector<int>& list, int t) {
  if (std::find(list.begin(), list.end(), t) == list.end()) list.push_back(t);
}

}  // namespace

Cut prefix_of(const Graph& graph, std::size_t node) {
  std::vector<bool> kept(node + 1, false);
  kept[node] = true;
  std::set<int> wanted, variables;
  // Backwards: who makes a wanted tensor stands before whoever reads it. Variables may draw in nodes that were passed.
  for (bool grew = true; grew;) {
    grew = false;
    for (std::size_t i = node + 1; i-- > 0;) {
      const Node& n = graph.nodes[i];
      const std::set<int> own = variables_of(graph, n);
      const auto is_in = [](const std::set<int>& set) { return [&set](int t) { return set.contains(t); }; };
      if (!kept[i]) {
        kept[i] = std::any_of(n.outputs.begin(), n.outputs.end(), is_in(wanted)) ||
                  std::any_of(own.begin(), own.end(), is_in(variables)) || (sets_up_variables(n) && !variables.empty());
      }
      if (!kept[i]) continue;
      const std::size_t before = wanted.size() + variables.size();
      wanted.insert(n.inputs.begin(), n.inputs.end());
      variables.insert(own.begin(), own.end());
      grew = grew || wanted.size() + variables.size() > before;
    }
  }
  Cut cut;
  for (std::size_t i = 0; i <= node; ++i) {
    if (kept[i]) cut.nodes.push_back(i);
  }
  cut.inputs = graph.inputs;
  for (const int t : graph.nodes[node].outputs) {
    if (has_value(graph, t)) add_once(cut.outputs, t);
  }
  return cut;
}

Cut part_of(const Graph& graph, std::size_t first, std::size_t last) {
  Cut cut;
  std::set<int> made, read_outside(graph.outputs.begin(), graph.outputs.end());
  bool has_variables = false;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const bool inside = i >= first && i <= last;
    if (inside) {
      made.insert(node.outputs.begin(), node.outputs.end());
      has_variables = has_variables || !variables_of(graph, node).empty();
    } else {
      read_outside.insert(node.inputs.begin(), node.inputs.end());
    }
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const bool inside = i >= first && i <= last && !node.left_out;
    if (inside || (has_variables && i < first && sets_up_variables(node))) cut.nodes.push_back(i);
    if (!inside) continue;
    for (const int t : node.inputs) {
      if (has_value(graph, t) && !made.contains(t)) add_once(cut.inputs, t);
    }
    for (const int t : node.outputs) {
      if (has_value(graph, t) && read_outside.contains(t)) add_once(cut.outputs, t);
    }
  }
  // What nobody reads is still a result: the part may end there.
  for (std::size_t i = first; i <= last && cut.outputs.empty(); ++i) {
    for (const int t : graph.nodes[last + first - i].outputs) {
      if (has_value(graph, t)) add_once(cut.outputs, t);
    }
  }
  return cut;
}

void set_shapes(Cut& cut, const Graph& graph, std::span<const TensorSpec> specs) {
  for (const int t : cut.inputs) {
    const Shape& shape = specs[static_cast<std::size_t>(t)].shape;
    if (shape != graph.spec(t).shape) cut.shapes[t] = shape;
  }
}

}  // namespace nputwin
