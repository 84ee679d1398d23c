#include "analysis/compare/swapped_outputs.h"

#include <algorithm>
#include <cmath>

#include "analysis/element.h"
#include "tensor/copy_of.h"

namespace nputwin {
namespace {

double distance(const Tensor& a, const Tensor& b) {
  double sum = 0;
  const auto elements = static_cast<std::size_t>(a.spec.elements());
  for (std::size_t i = 0; i < elements; ++i) sum += std::abs(element_of(b.view(), i) - element_of(a.view(), i));
  return sum;
}

}  // namespace

SwappedOutputs::SwappedOutputs(const Graph& graph) {
  const auto name_of = [&](int t) { return graph.spec(t).name; };
  const auto add_pairs = [&](const std::vector<int>& tensors) {
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      for (std::size_t j = i + 1; j < tensors.size(); ++j) {
        const int first = tensors[i], second = tensors[j];
        const bool known = std::any_of(pairs_.begin(), pairs_.end(), [&](const OutputPair& pair) {
          return pair.first == first && pair.second == second;
        });
        if (first >= 0 && second >= 0 && first != second && !known)
          pairs_.push_back({first, second, name_of(first), name_of(second), {}, {}});
      }
    }
  };
  add_pairs(graph.outputs);
  for (const Node& node : graph.nodes) add_pairs(node.outputs);
}

void SwappedOutputs::add(int tensor, const TensorView& a, const TensorView& b) {
  const bool wanted = std::any_of(pairs_.begin(), pairs_.end(), [&](const OutputPair& pair) {
    return pair.first == tensor || pair.second == tensor;
  });
  if (!wanted) return;
  sample_[tensor] = {copy_of(a), copy_of(b)};
}

void SwappedOutputs::end_sample() {
  for (OutputPair& pair : pairs_) {
    const auto first = sample_.find(pair.first), second = sample_.find(pair.second);
    if (first == sample_.end() || second == sample_.end()) continue;
    const TensorSpec &x = first->second.a.spec, &y = second->second.a.spec;
    if (x.type != y.type || x.elements() != y.elements()) continue;
    pair.straight.add(distance(first->second.a, first->second.b) + distance(second->second.a, second->second.b));
    pair.crosswise.add(distance(first->second.a, second->second.b) + distance(second->second.a, first->second.b));
  }
  sample_.clear();
}

}  // namespace nputwin
