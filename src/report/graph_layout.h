#pragma once

#include <utility>
#include <vector>

#include "model/model.h"

namespace nputwin::report {

/// Where a picture of a graph has its nodes.
struct GraphLayout {
  struct Place {
    std::int32_t column, lane;
  };
  std::vector<Place> places;                               ///< of each node
  std::vector<std::pair<std::size_t, std::size_t>> edges;  ///< from a node to one that reads its output
};

/// A node stands one column behind the last node that it reads. A node's first reader stays in its lane where no other
/// node stands between them; other readers open lanes beside it.
[[nodiscard]] GraphLayout layout_of(const Graph& graph);

}  // namespace nputwin::report
