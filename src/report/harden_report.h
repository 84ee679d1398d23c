#pragma once

#include <string>

#include "analysis/harden/hardened.h"
#include "io/json.h"

namespace nputwin::report {

/// What was changed in files, what is proven of them, and what it costs, in lines of at most `columns` where that is 80
/// or more. `program`: how commands begin.
[[nodiscard]] std::string harden_text(const Hardened& hardened, const std::string& program, std::size_t columns);

[[nodiscard]] Json harden_json(const Hardened& hardened);

}  // namespace nputwin::report
