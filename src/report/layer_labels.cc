#include "report/layer_labels.h"

#include <fmt/format.h>

#include <map>

namespace nputwin::report {

std::vector<std::string> layer_labels(const DiffResult& result) {
  std::map<std::size_t, int> outputs;
  for (const LayerDiff& layer : result.layers) ++outputs[layer.node.index];
  std::vector<std::string> labels;
  for (const LayerDiff& layer : result.layers) {
    labels.push_back(outputs[layer.node.index] == 1 ? fmt::format("{}", layer.node.index)
                                                    : fmt::format("{}:{}", layer.node.index, layer.output));
  }
  return labels;
}

std::string layer_address(const LayerDiff& layer) {
  return layer.output == 0 ? fmt::format("op-{}", layer.node.index)
                           : fmt::format("op-{}-{}", layer.node.index, layer.output);
}

}  // namespace nputwin::report
