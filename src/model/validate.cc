#include "model/model.h"

#include <algorithm>

namespace nputwin {
namespace {

constexpr int kNobody = -1, kOutside = -2;

Status check_index(const Graph& graph, int index, bool optional, std::string_view role) {
  const auto n = static_cast<int>(graph.tensors.size());
  if (index >= (optional ? -1 : 0) && index < n) return {};
  return error("{} is tensor {}, expected an index under {}", role, index, n);
}

}  // namespace

Status validate(const Graph& graph) {
  std::vector<int> maker(graph.tensors.size(), kNobody);
  for (std::size_t t = 0; t < graph.tensors.size(); ++t) {
    if (graph.tensors[t].constant || graph.tensors[t].variable) maker[t] = kOutside;
  }
  for (const int t : graph.inputs) {
    NPUTWIN_RETURN_IF_ERROR(check_index(graph, t, false, "a graph input"));
    if (graph.tensor(t).constant) {
      return error("graph input '{}' has constant data, expected none", graph.spec(t).name);
    }
    maker[static_cast<std::size_t>(t)] = kOutside;
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const std::string place = node_name(i, node);
    for (const int t : node.inputs) {
      if (auto s = check_index(graph, t, true, "an input"); !s) return in_context(place, s.error());
      if (t >= 0 && maker[static_cast<std::size_t>(t)] == kNobody) {
        const bool made_later = std::ranges::any_of(
            graph.nodes, [&](const Node& other) { return std::ranges::find(other.outputs, t) != other.outputs.end(); });
        return error("{}: reads tensor {} '{}', {}", place, t, graph.spec(t).name,
                     made_later ? "which nothing before it makes (a cycle, or ops out of order)"
                                : "which has no data in the file, is no input, and is made by no op");
      }
    }
    for (const int t : node.intermediates) {
      if (auto s = check_index(graph, t, false, "an intermediate"); !s) return in_context(place, s.error());
    }
    for (const int t : node.outputs) {
      if (auto s = check_index(graph, t, false, "an output"); !s) return in_context(place, s.error());
      int& made_by = maker[static_cast<std::size_t>(t)];
      if (made_by != kNobody) {
        return error("{}: writes tensor {} '{}', which {} makes already", place, t, graph.spec(t).name,
                     made_by == kOutside ? std::string("the file or the caller") : fmt::format("op {}", made_by));
      }
      made_by = static_cast<int>(i);
    }
  }
  for (const int t : graph.outputs) {
    NPUTWIN_RETURN_IF_ERROR(check_index(graph, t, false, "a graph output"));
    if (maker[static_cast<std::size_t>(t)] == kNobody) {
      return error("graph output '{}': no op computes it", graph.spec(t).name);
    }
  }
  return {};
}

}  // namespace nputwin
