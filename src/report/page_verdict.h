#pragma once

#include <string>

#include "report/report.h"

namespace nputwin::report {

/// The page's first block: each of the model's outputs and how it compares. Empty where no output was compared.
[[nodiscard]] std::string verdict_section(const Report& report);

}  // namespace nputwin::report
