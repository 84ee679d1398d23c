#include "api/layer.h"

#include <charconv>
#include <vector>

#include "base/suggestion.h"

namespace nputwin::api {

Result<std::size_t> find_layer(const Graph& graph, const std::string& layer) {
  std::size_t index = 0;
  const auto [end, failed] = std::from_chars(layer.data(), layer.data() + layer.size(), index);
  if (failed == std::errc() && end == layer.data() + layer.size()) {
    if (index < graph.nodes.size()) return index;
    return error("there is no op {}: the model has ops 0 to {}", layer, graph.nodes.size() - 1);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    for (const int t : graph.nodes[i].outputs) {
      if (t < 0) continue;
      names.push_back(graph.spec(t).name);
      if (names.back() == layer) return i;
    }
  }
  return error("no op's output is called '{}'{}; `nputwin inspect` lists the names", layer, did_you_mean(layer, names));
}

}  // namespace nputwin::api
