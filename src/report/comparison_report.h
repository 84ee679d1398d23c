#pragma once

#include <string>

#include "analysis/probe/profile_comparison.h"

namespace nputwin::report {

/// Two profiles' differences: as parameters, and by sampling for each op.
[[nodiscard]] std::string comparison_text(const ProfileComparison& comparison);
[[nodiscard]] std::string comparison_json(const ProfileComparison& comparison);

}  // namespace nputwin::report
