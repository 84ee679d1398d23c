#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/json.h"
#include "model/not_run.h"
#include "tensor/tensor.h"

namespace nputwin::report {

/// Outputs for people: small ones whole, large ones as their `top` largest values, with class names where given.
[[nodiscard]] std::string values_text(std::span<const TensorView> tensors, const std::vector<std::string>& labels,
                                      int top);

/// {"model", "profile", "outputs": [{"name", "type", "shape", "scale", "zero_point", "hash", "values"}]}, and
/// "not_run" where a part of the model has run.
[[nodiscard]] Json values_json(const std::string& model, const std::string& profile,
                               std::span<const TensorView> tensors, const NotRun& not_run);

/// {"tensor index": hash}, in the order of the ops.
[[nodiscard]] Json hashes_json(std::span<const std::pair<int, std::string>> hashes);

}  // namespace nputwin::report
