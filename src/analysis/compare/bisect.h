#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "analysis/compare/condition.h"
#include "analysis/compare/diff.h"
#include "model/cut.h"

namespace nputwin {

/// The smallest part of a model that shows a difference.
struct Bisection {
  const LayerDiff* layer = nullptr;  ///< the first whose figures meet the condition; points into the DiffResult
  std::size_t sample = 0;            ///< the first that differs there
  Cut cut;
  std::vector<std::byte> model;  ///< the cut as a .tflite
  std::vector<Tensor> inputs;    ///< what A gave to the cut's inputs
  std::int64_t mismatches = 0;   ///< end to end in the part
};

/// The first layer of `result` whose isolated figures meet `condition`, or with `end_to_end` its accumulated ones; null
/// where none does.
[[nodiscard]] const LayerDiff* first_beyond(const DiffResult& result, const Condition& condition, bool end_to_end);

/// Cuts `layer` out of the model of `a` and checks that the part differs as well. Alone: the op, and as many ops before
/// it as it takes, since what a delegate takes depends on an op's neighbours. End to end: all that the layer rests on.
/// `file`: the model's bytes; `sample`: the layer's first sample that differs. Sides and options as in the comparison.
[[nodiscard]] Result<Bisection> bisect(Session& a, const Profile& b, const SessionOptions& options_a,
                                       const SessionOptions& options_b, Bytes file, const LayerDiff& layer,
                                       std::span<const Tensor> sample, bool end_to_end);

}  // namespace nputwin
