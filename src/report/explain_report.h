#pragma once

#include <string>

#include "analysis/explain/explain.h"

namespace nputwin::report {

/// For people; `products`: how many of the largest to list.
[[nodiscard]] std::string explanation_text(const Explanation& explanation, std::size_t products);
/// Everything, with all products.
[[nodiscard]] std::string explanation_json(const Explanation& explanation);

/// One program a side that tells its steps, each printing the element's code. Empty where no side does.
[[nodiscard]] std::string explanation_python(const Explanation& explanation);

}  // namespace nputwin::report
