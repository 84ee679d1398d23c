#include "report/graph_layout.h"

#include <algorithm>
#include <map>

namespace nputwin::report {

GraphLayout layout_of(const Graph& graph) {
  GraphLayout layout;
  std::map<int, std::size_t> maker;
  std::vector<std::int32_t> lane_end;  // of each lane, its last occupied column
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    GraphLayout::Place place{0, -1};
    std::vector<std::size_t> read;
    for (const int t : graph.nodes[i].inputs) {
      const auto found = maker.find(t);
      if (found != maker.end() && std::find(read.begin(), read.end(), found->second) == read.end())
        read.push_back(found->second);
    }
    for (const std::size_t from : read) {
      layout.edges.emplace_back(from, i);
      place.column = std::max(place.column, layout.places[from].column + 1);
    }
    for (const std::size_t from : read) {
      const GraphLayout::Place& p = layout.places[from];
      if (lane_end[static_cast<std::size_t>(p.lane)] == p.column && (place.lane < 0 || p.lane < place.lane))
        place.lane = p.lane;
    }
    if (place.lane < 0) {
      // A lane that is free from the column of the nodes that are read.
      const std::int32_t since = place.column - 1;
      const auto free = std::find_if(lane_end.begin(), lane_end.end(), [&](std::int32_t end) { return end < since; });
      place.lane = static_cast<std::int32_t>(free - lane_end.begin());
      if (free == lane_end.end()) lane_end.push_back(0);
    }
    lane_end[static_cast<std::size_t>(place.lane)] = place.column;
    layout.places.push_back(place);
    for (const int t : graph.nodes[i].outputs) {
      if (t >= 0) maker[t] = i;
    }
  }
  return layout;
}

}  // namespace nputwin::report
