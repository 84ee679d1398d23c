#pragma once

#include <string>
#include <vector>

#include "session/session.h"

namespace nputwin::report {

/// A model for people: inputs, outputs, ops with their tensors and quantization; for each op the rule by which
/// `profile` computes it and with what confidence that is known, or why it is not supported. `coverage` is
/// Session::coverage of the model. `kernels`: and which form of each op's kernel runs, and why better ones do not.
/// Tensors' names are shortened to lines of `columns`.
[[nodiscard]] std::string inspect_text(const Model& model, const std::string& profile,
                                       const std::vector<NodeCoverage>& coverage, bool kernels = false,
                                       std::size_t columns = 200);

/// The same as {"model", "profile", "description", "inputs", "outputs", "ops": [{"index", "type", "version",
/// "attributes", "inputs", "outputs", "rule": {"family", "confidence", "rule", "source", "profile", "delegate",
/// "substitute": true where the rule is borrowed, "left": why the delegate rejects it}, "shapes": [of each output] |
/// "unsupported": why | "unreached": true, "kernel": where `kernels` asks for it, see kernel_json}],
/// "tensors": [{"index", "name", "dtype", "shape", "constant", "scale",
/// "zero_point", "axis"}]}.
[[nodiscard]] std::string inspect_json(const Model& model, const std::string& profile,
                                       const std::vector<NodeCoverage>& coverage, bool kernels = false);

}  // namespace nputwin::report
