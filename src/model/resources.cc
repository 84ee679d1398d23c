#include "model/resources.h"

#include <map>

namespace nputwin {
namespace {

/// A resource's name in the file.
std::string resource_name(const Node& handle) {
  return handle.attributes.text("container") + "/" + handle.attributes.text("shared_name");
}

/// Which resource each tensor of a graph is a handle of.
std::map<int, std::string> handles_of(const Graph& graph) {
  std::map<int, std::string> handles;
  for (const Node& node : graph.nodes) {
    if (node.op == "VAR_HANDLE" && node.outputs.size() == 1) handles[node.outputs[0]] = resource_name(node);
  }
  return handles;
}

/// The constants that the subgraphs of CALL_ONCE assign, by resource. False where one does anything else.
bool first_values(const Model& model, std::map<std::string, ModelTensor>& values) {
  for (const Node& node : model.main().nodes) {
    if (node.op != "CALL_ONCE") continue;
    const std::int64_t g = node.attributes.integer("init_subgraph_index");
    if (g < 1 || g >= static_cast<std::int64_t>(model.graphs.size())) return false;
    const Graph& graph = model.graphs[static_cast<std::size_t>(g)];
    const auto handles = handles_of(graph);
    for (const Node& inner : graph.nodes) {
      if (inner.op == "VAR_HANDLE") continue;
      if (inner.op != "ASSIGN_VARIABLE" || inner.inputs.size() != 2) return false;
      const auto handle = handles.find(inner.inputs[0]);
      if (handle == handles.end() || inner.inputs[1] < 0 || !graph.tensor(inner.inputs[1]).constant) return false;
      values[handle->second] = graph.tensor(inner.inputs[1]);
    }
  }
  return true;
}

}  // namespace

void resolve_resources(Model& model) {
  Graph& graph = model.graphs.front();
  const auto handles = handles_of(graph);
  std::map<std::string, ModelTensor> values;
  if (handles.empty() || !first_values(model, values)) return;
  std::map<std::string, int> variables;
  const auto variable_of = [&](const std::string& resource, int like) {
    const auto [found, is_new] = variables.try_emplace(resource, static_cast<int>(graph.tensors.size()));
    if (is_new) {
      const auto first = values.find(resource);
      ModelTensor variable = first != values.end() ? first->second : graph.tensor(like);
      if (first == values.end()) variable.constant.reset();
      variable.variable = true;
      variable.spec.name = resource;
      graph.tensors.push_back(std::move(variable));
    }
    return found->second;
  };
  for (Node& node : graph.nodes) {
    const bool reads = node.op == "READ_VARIABLE" && node.inputs.size() == 1 && node.outputs.size() == 1;
    const bool assigns = node.op == "ASSIGN_VARIABLE" && node.inputs.size() == 2 && node.inputs[1] >= 0;
    if (reads || assigns) {
      const auto handle = handles.find(node.inputs[0]);
      if (handle != handles.end())
        node.inputs[0] = variable_of(handle->second, reads ? node.outputs[0] : node.inputs[1]);
    } else if (node.op == "VAR_HANDLE") {
      node.outputs.clear();
    }
  }
}

}  // namespace nputwin
