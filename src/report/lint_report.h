#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/lint/lint.h"

namespace nputwin::report {

/// Findings for people, in lines of 80 columns: by severity, the worst first; many of one rule and one severity in
/// short. Ends with how many there are.
[[nodiscard]] std::string lint_text(const Model& model, std::span<const Finding> findings);

/// All of them as docs/lint.schema.json says.
[[nodiscard]] std::string lint_json(const Model& model, const std::vector<std::string>& profiles,
                                    std::span<const Finding> findings);

}  // namespace nputwin::report
