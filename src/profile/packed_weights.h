#pragma once

#include "model/model.h"
#include "profile/op_versions.h"

namespace nputwin {

/// Whether a runtime's kernel unpacks a node's weights of 4 bits; those of some layers do not. Chips and definitions
/// (OpRegistry::kNone) take all.
[[nodiscard]] Status check_packed_weights(OpRegistry registry, const Graph& graph, const Node& node);

}  // namespace nputwin
