#pragma once

#include "analysis/compare/diff_result.h"
#include "io/json.h"

namespace nputwin::report {

/// [{"name", "op", "kind", "known_from", "verdict", "figures", "meaning", "agreement": {…}}]: of each of the model's
/// outputs what OutputVerdict says, and what the sides agree on in numbers.
[[nodiscard]] Json outputs_json(const DiffResult& result);

/// {"expected", "found", "values", "is_usual"}; null where nothing is expected.
[[nodiscard]] Json usual_json(const DiffResult& result);

/// [{"cause", "elements", "op", "known"}]: what CauseVerdict says.
[[nodiscard]] Json causes_json(const DiffResult& result);

/// The word for how a rule is known; null of a recording.
[[nodiscard]] Json known_json(const std::optional<Confidence>& known);

}  // namespace nputwin::report
