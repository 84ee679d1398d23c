#pragma once

#include "io/tflite/change.h"

namespace nputwin {

/// Gives each layer weights and a bias of its own, where layers share a tensor of them: what is changed for one must
/// not change another. No nodes where none do.
[[nodiscard]] OpChange own_constants(const Graph& graph);

}  // namespace nputwin
