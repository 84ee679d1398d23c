#pragma once

#include <string>

#include "analysis/agree/selfcheck.h"

namespace nputwin::report {

/// For people: how many op outputs are equal, each one that is not, and what that means.
[[nodiscard]] std::string selfcheck_text(const Selfcheck& check, std::size_t columns);

/// The diff's JSON, plus {"measured", "equal_profiles"}.
[[nodiscard]] std::string selfcheck_json(const Selfcheck& check);

}  // namespace nputwin::report
