#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "analysis/compare/condition.h"
#include "analysis/compare/diff_result.h"
#include "model/cut.h"
#include "session/session.h"

namespace nputwin {

/// The smallest part of a model that shows a difference.
struct Bisection {
  Cut cut;
  std::vector<std::byte> model;  ///< the cut as a .tflite
  std::vector<Tensor> inputs;    ///< what A gave to the cut's inputs
  std::int64_t mismatches = 0;   ///< accumulated, in the part
};

/// The first layer of `result` whose isolated figures meet `condition`, or with `accumulated` its accumulated ones;
/// null where none does.
[[nodiscard]] const LayerDiff* first_beyond(const DiffResult& result, const Condition& condition, bool accumulated);

/// Cuts `layer` out of the model of `a` and checks that the part differs as well. Isolated: the op, and as many ops
/// before it as are needed, since what a delegate claims depends on an op's neighbours. Accumulated: all that the layer
/// rests on.
/// `file`: the model's bytes; `sample`: the layer's first sample that differs. Sides and options as in the comparison.
[[nodiscard]] Result<Bisection> bisect(Session& a, const Profile& b, const SessionOptions& options_a,
                                       const SessionOptions& options_b, Bytes file, const LayerDiff& layer,
                                       std::span<const Tensor> sample, bool accumulated);

}  // namespace nputwin
