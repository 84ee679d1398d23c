#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/exact_sum.h"
#include "model/model.h"

namespace nputwin {

/// Two outputs that could be mistaken for each other, and how near the sides' values are: the sums of |a - b| over both
/// as they are, and with one side's exchanged.
struct OutputPair {
  int first = 0, second = 0;  ///< tensors
  std::string first_name, second_name;
  ExactSum straight, crosswise;

  void merge(const OutputPair& other) {
    straight.merge(other.straight);
    crosswise.merge(other.crosswise);
  }
  /// Straight they differ, and crosswise they are at least twice as near.
  [[nodiscard]] bool swapped() const { return straight.value() > 0 && 2 * crosswise.value() <= straight.value(); }
};

/// Finds outputs that one side has under each other's names, as runtimes and converters that reorder a model's outputs
/// do. Asked of pairs that could be mistaken: outputs of the graph, outputs of one op, of one type and size.
class SwappedOutputs {
 public:
  explicit SwappedOutputs(const Graph& graph);

  /// What the two sides have of a tensor in the sample at hand; kept until end_sample() where a pair needs it.
  void add(int tensor, const TensorView& a, const TensorView& b);
  void end_sample();

  /// All pairs, over all samples.
  [[nodiscard]] const std::vector<OutputPair>& pairs() const { return pairs_; }

 private:
  struct Values {
    Tensor a, b;
  };
  std::vector<OutputPair> pairs_;
  std::map<int, Values> sample_;
};

}  // namespace nputwin
