#pragma once

#include <string>

#include "model/model.h"

namespace nputwin::api {

/// The op that a text names: its index, or the name of one of its outputs.
[[nodiscard]] Result<std::size_t> find_layer(const Graph& graph, const std::string& layer);

}  // namespace nputwin::api
