#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/json.h"
#include "model/not_run.h"
#include "tensor/tensor.h"

namespace nputwin::report {

/// The outputs of a sample.
using Outputs = std::vector<TensorView>;

/// Outputs for people: small ones whole, large ones as their `top` largest values, with class names where given. Of
/// many samples the first ones.
[[nodiscard]] std::string values_text(std::span<const Outputs> samples, const std::vector<std::string>& labels,
                                      int top);

/// {"model", "profile", "outputs": [{"name", "type", "shape", "scale", "zero_point", "hash", "values"}]}, and
/// "not_run" where a part of the model has run. Where there are several samples, "samples": [{"outputs": …}, …].
[[nodiscard]] Json values_json(const std::string& model, const std::string& profile, std::span<const Outputs> samples,
                               const NotRun& not_run);

/// {"tensor index": hash}, in the order of the ops; a list of these where there are several samples.
[[nodiscard]] Json hashes_json(std::span<const std::vector<std::pair<int, std::string>>> samples);

}  // namespace nputwin::report
