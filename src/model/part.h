#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "model/model.h"

namespace nputwin {

/// A copy of a model of which a part runs: its nodes up to `last`, where that is given, without those that `cannot` run
/// for a reason and without what reads what these make. Nodes and tensors keep their indices. A node that is left out
/// has no tensors. Outputs are those of the model's that are still made, then whatever a node that is left out reads of
/// the others. Graph::not_run says what is missing.
[[nodiscard]] std::shared_ptr<const Model> part_that_runs(const Model& model, std::optional<std::size_t> last,
                                                          const std::map<std::size_t, std::string>& cannot);

}  // namespace nputwin
