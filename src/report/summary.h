#pragma once

#include <string>
#include <vector>

#include "report/report.h"

namespace nputwin::report {

/// What the comparison found, in sentences for people who do not read tables, the most important first.
[[nodiscard]] std::vector<std::string> summary_of(const Report& report);

/// Label and value of everything that is needed to repeat it.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> settings_of(const Report& report);

}  // namespace nputwin::report
