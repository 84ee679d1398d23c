#pragma once

#include <string>

#include "analysis/compare/diff_result.h"
#include "io/json.h"

namespace nputwin::report {

/// A table of the layers' bounds beside what was found; empty where no bound was asked for.
[[nodiscard]] std::string bounds_table(const DiffResult& result, std::size_t columns);

/// "for all inputs at most 3 steps (0.1)", or a bound for inputs as those compared, and that there is none for all: of
/// an output; empty where no bound was asked for.
[[nodiscard]] std::string bound_sentence(const LayerDiff& layer);

/// The bounds of one layer; null where there are none.
[[nodiscard]] Json bound_json(const LayerDiff& layer);

}  // namespace nputwin::report
