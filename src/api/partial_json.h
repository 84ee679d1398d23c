#pragma once

#include "api/partial.h"
#include "io/json.h"

namespace nputwin::api {

/// The document of a partial result. Version 1:
///
///   {"format": "nputwin partial diff", "version": 1,
///    "comparison": premises_json, "samples": [[first, last], …],
///    "result": {"a", "b", "a_is_capture", "b_is_capture", "reference_profile", "samples",
///               "layers": [{"op", "type", "output", "tensor", "name", "dtype", "shape", "causes": {cause: elements},
///                           "isolated": {field of DifferenceStats: value}, "accumulated": likewise}],
///               "pairs": [{"first", "second", "first_name", "second_name", "straight", "crosswise"}]}}
///
/// Integers are exact, real numbers hexadecimal floats in strings.
[[nodiscard]] Json partial_json(const Partial& partial);

/// The error names the field.
[[nodiscard]] Result<Partial> partial_of_json(const Json& json);

/// What all parts of one comparison have in common: {"model", "model_sha256", "a", "b", "profile_a", "profile_b",
/// "inputs", "input_files", "shapes", "on_cpu", "mode", "all_samples"}.
[[nodiscard]] Json premises_json(const Partial& partial);

}  // namespace nputwin::api
