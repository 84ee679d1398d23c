#pragma once

#include <string>

#include "io/json.h"

namespace nputwin::test {

// What explanations say of single elements of every op of a model, for a test that holds them to the kernels.

/// By one profile: {"told": [{op, node, element, code, last, inputs, python}], "silent": {op: elements}}. `last` is the
/// value of the last step, `inputs` how many count; `most` elements of each output.
[[nodiscard]] Result<Json> told_steps(const std::string& model, const std::string& profile, const std::string& source,
                                      std::int64_t most);

/// Of two profiles: {"parted": [{op, node, element, a, b, text}]} for up to `most` elements of each output that differ
/// on equal inputs; `text` is what `explain` prints.
[[nodiscard]] Result<Json> parted_elements(const std::string& model, const std::string& a, const std::string& b,
                                           const std::string& source, std::int64_t most);

}  // namespace nputwin::test
