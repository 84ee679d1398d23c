#pragma once

#include <span>

#include "graph/model.h"
#include "profile/profile.h"

namespace nputwin {

/// Whether the profile's delegate takes a node, as far as that follows from its tensors; what depends on an op's
/// options and scales, the op itself decides. `specs` are the graph's tensors as known so far.
[[nodiscard]] bool delegate_takes(const Profile& profile, const Graph& graph,
                                  std::span<const TensorSpec> specs, const Node& node);

}  // namespace nputwin
