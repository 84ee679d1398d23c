#pragma once

#include <string>
#include <vector>

#include "graph/session.h"

namespace nputwin::report {

/// A model for people: inputs, outputs, ops with their tensors and quantization, what is not supported and
/// why.
[[nodiscard]] std::string inspect_text(const Model& model, const std::vector<Unsupported>& unsupported);

/// The same as {"model", "description", "inputs", "outputs", "ops": [{"index", "type", "attributes",
/// "inputs", "outputs", "unsupported"}], "tensors": [{"index", "name", "dtype", "shape", "constant", "scale",
/// "zero_point", "axis"}]}.
[[nodiscard]] std::string inspect_json(const Model& model, const std::vector<Unsupported>& unsupported);

}  // namespace nputwin::report
