#pragma once

#include <vector>

#include "model/model.h"

namespace nputwin {

/// A part of a graph that is a model of its own. Tensors keep their indices.
struct Cut {
  std::vector<std::size_t> nodes;  ///< in the order in which they run
  std::vector<int> inputs, outputs;
};

/// The outputs of node `node` and all that they rest on: the nodes they are computed from, and earlier ones that touch
/// a variable which these touch. Its inputs are the graph's. No outputs where the node has none.
[[nodiscard]] Cut prefix_of(const Graph& graph, std::size_t node);

/// Nodes first to last, both included, and those that make the handles of their variables. Its inputs are what the part
/// reads of others, its outputs what others read of it and the graph's; a variable begins with its first value.
/// Expects first <= last < the number of nodes.
[[nodiscard]] Cut part_of(const Graph& graph, std::size_t first, std::size_t last);

}  // namespace nputwin
