#pragma once

#include <span>

#include "io/tflite/change.h"

namespace nputwin {

/// Gives each layer weights and a bias of its own, where layers share a tensor of them: what is changed for one must
/// not change another. No nodes where none do.
[[nodiscard]] OpChange own_constants(const Graph& graph);

/// Gives those of the nodes that are layers without a bias one of zeros: its parity can keep sums off the ties. No
/// nodes where none is.
[[nodiscard]] OpChange own_biases(const Graph& graph, std::span<const std::size_t> nodes);

}  // namespace nputwin
