#pragma once

#include <vector>

#include "io/tflite/change.h"

namespace nputwin {

/// Why an AVERAGE_POOL_2D or a MEAN cannot be written as a depthwise convolution; empty: it can.
[[nodiscard]] std::string no_layer_of_average(const Graph& graph, std::size_t node);

/// Writes averages as depthwise convolutions whose weights are all one even code, between a RESHAPE and another where
/// dimensions must be seen in another way: a convolution has a multiplier that can be chosen, while an average of an
/// even number of codes has ties that no scale moves.
[[nodiscard]] OpChange averages_as_layers(const Graph& graph, const std::vector<std::size_t>& nodes);

}  // namespace nputwin
