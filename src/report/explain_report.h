#pragma once

#include <string>

#include "analysis/explain/explain.h"

namespace nputwin::report {

/// For people; `products`: how many of the largest to list.
[[nodiscard]] std::string explanation_text(const Explanation& explanation, std::size_t products);
/// Everything, with all products.
[[nodiscard]] std::string explanation_json(const Explanation& explanation);

}  // namespace nputwin::report
