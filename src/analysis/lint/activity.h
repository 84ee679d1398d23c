#pragma once

#include "analysis/lint/context.h"

namespace nputwin::lint_rules {

/// Runs the model on the inputs, and on noise where they are one sample, by the first profile asked for, or the first
/// there is; notes what each tensor does. A model that does not run is noted, and is no error: others say why.
[[nodiscard]] Status watch_runs(const std::shared_ptr<const Model>& model, const LintOptions& options,
                                const Callbacks& callbacks, Context& context);

}  // namespace nputwin::lint_rules
