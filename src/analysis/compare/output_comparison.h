#pragma once

#include <map>
#include <vector>

#include "analysis/compare/output_kind.h"

namespace nputwin {

/// What two sides' outputs mean to an application, and on what of it they agree, sample by sample.
class OutputComparison {
 public:
  OutputComparison(const Graph& graph, std::vector<KnownOutput> outputs);

  /// What the two sides have of a tensor in the sample at hand. They are of one shape and type.
  void add(int tensor, const TensorView& a, const TensorView& b);
  void end_sample();

  /// One for each known output that has been seen. `layer_of`: by tensor, its place in DiffResult::layers.
  [[nodiscard]] std::vector<OutputDiff> result(const std::map<int, std::size_t>& layer_of) const;

 private:
  struct Output {
    KnownOutput known;
    std::string name;
    Agreement agreement;
  };
  struct Values {
    Tensor a, b;
  };
  void add_detections(Output& output);

  std::vector<Output> outputs_;
  std::map<int, Values> sample_;  // of tensors that are looked at together
};

}  // namespace nputwin
