#pragma once

#include <string>
#include <vector>

#include "session/session.h"

namespace nputwin::report {

/// A model for people: inputs, outputs, ops with their tensors and quantization; for each op by whose rule `profile`
/// computes it and how surely that is known, or why it is not supported. `coverage`: Session::coverage of the model.
[[nodiscard]] std::string inspect_text(const Model& model, const std::string& profile,
                                       const std::vector<NodeCoverage>& coverage);

/// The same as {"model", "profile", "description", "inputs", "outputs", "ops": [{"index", "type", "version",
/// "attributes", "inputs", "outputs", "rule": {"family", "confidence", "rule", "source", "profile", "delegate",
/// "substitute": true where an override computes it, "left": why the delegate rejects it}, "shapes": [of each output] |
/// "unsupported": why | "unreached": true}], "tensors": [{"index", "name", "dtype", "shape", "constant", "scale",
/// "zero_point", "axis"}]}.
[[nodiscard]] std::string inspect_json(const Model& model, const std::string& profile,
                                       const std::vector<NodeCoverage>& coverage);

}  // namespace nputwin::report
