#pragma once

#include "analysis/lint/context.h"

namespace nputwin::lint_rules {

#define NPUTWIN_LINT_RULE(name, finds) void name(const Context& context, Findings& findings);
#include "analysis/lint/rules.inc"
#undef NPUTWIN_LINT_RULE

}  // namespace nputwin::lint_rules
