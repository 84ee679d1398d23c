#pragma once

#include <string>

#include "analysis/agree/nearest.h"

namespace nputwin::report {

/// For people, in lines of at most `columns` where that is 80 or more: the ranking, what stays different with the
/// nearest build, and what to make of it. `program`: how the tool was called.
[[nodiscard]] std::string nearest_text(const Nearest& found, const std::string& program, std::size_t columns);

[[nodiscard]] std::string nearest_json(const Nearest& found);

}  // namespace nputwin::report
