#pragma once

#include <string>

#include "analysis/compare/diff_result.h"
#include "io/json.h"

namespace nputwin::report {

/// A table of the layers' bounds beside what was found; empty where no bound was asked for.
[[nodiscard]] std::string bounds_table(const DiffResult& result, std::size_t columns);

/// "at most 61 steps (2.4) where its layer's inputs differ by no more than here; no bound for all inputs": of an
/// output; empty where no bound was asked for.
[[nodiscard]] std::string bound_sentence(const LayerDiff& layer);

/// The bounds of one layer; null where there are none.
[[nodiscard]] Json bound_json(const LayerDiff& layer);

}  // namespace nputwin::report
