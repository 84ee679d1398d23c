#pragma once

#include <map>
#include <span>
#include <vector>

#include "model/model.h"

namespace nputwin {

/// A part of a graph that is a model of its own. Tensors keep their indices.
struct Cut {
  std::vector<std::size_t> nodes;  ///< in the order in which they run
  std::vector<int> inputs, outputs;
  std::map<int, Shape> shapes;  ///< that inputs have in place of what the file says
};

/// The outputs of node `node` and all that they rest on: the nodes they are computed from, and earlier ones that touch
/// a variable which these touch. Its inputs are the graph's. No outputs where the node has none.
[[nodiscard]] Cut prefix_of(const Graph& graph, std::size_t node);

/// Nodes first to last, both included, and those that make the handles of their variables. Its inputs are what the part
/// reads of others, its outputs what others read of it and the graph's; a variable begins with its first value.
/// Expects first <= last < the number of nodes.
[[nodiscard]] Cut part_of(const Graph& graph, std::size_t first, std::size_t last);

/// Gives the cut's inputs the shapes that they have in a run, where the file says others. `specs`: of all tensors.
void set_shapes(Cut& cut, const Graph& graph, std::span<const TensorSpec> specs);

}  // namespace nputwin
