#pragma once

#include <string>

#include "analysis/agree/selfcheck.h"

namespace nputwin::report {

/// For people: how many ops are equal, each that is not, and what that means.
[[nodiscard]] std::string selfcheck_text(const Selfcheck& check);

/// The diff's JSON with {"measured", "equal_profiles"} besides.
[[nodiscard]] std::string selfcheck_json(const Selfcheck& check);

}  // namespace nputwin::report
