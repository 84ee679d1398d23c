#pragma once

#include <string>
#include <vector>

#include "io/json.h"
#include "model/not_run.h"

namespace nputwin::report {

/// What of a model is not run and why, in a line, and where its outputs are missing in a second one. No lines where the
/// whole model runs.
[[nodiscard]] std::vector<std::string> not_run_lines(const NotRun& not_run);

/// {"ops": [{"op": 57, "type": "…", "why": "…"}], "lost_outputs": […], "ends": […]}; null where the whole model runs.
[[nodiscard]] Json not_run_json(const NotRun& not_run);
/// What not_run_json() wrote; throws as the accessors of the JSON library do.
[[nodiscard]] NotRun not_run_of_json(const Json& json);

}  // namespace nputwin::report
