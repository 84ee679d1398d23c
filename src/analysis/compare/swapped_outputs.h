#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/model.h"

namespace nputwin {

/// Finds outputs that one side has under each other's names, as runtimes and converters that reorder a model's outputs
/// do. Asked of pairs that could be mistaken: outputs of the graph, outputs of one op, of one type and size.
class SwappedOutputs {
 public:
  explicit SwappedOutputs(const Graph& graph);

  /// What the two sides have of a tensor in the sample at hand; kept until end_sample() where a pair needs it.
  void add(int tensor, const TensorView& a, const TensorView& b);
  void end_sample();

  /// The pairs that, over all samples, are at least twice as near crosswise as they are straight; the nearness is the
  /// sum of |a - b| over both. Straight they must differ.
  [[nodiscard]] std::vector<std::pair<int, int>> found() const;

 private:
  struct Pair {
    int first, second;
    double straight = 0, crosswise = 0;
  };
  struct Values {
    Tensor a, b;
  };
  std::vector<Pair> pairs_;
  std::map<int, Values> sample_;
};

}  // namespace nputwin
