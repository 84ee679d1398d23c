#pragma once

#include <string>

#include "analysis/compare/diff_result.h"

namespace nputwin::report {

/// "0.122 %"; "0" where nothing differs, "-" where nothing was compared.
[[nodiscard]] std::string percent_text(const DifferenceStats& stats);

/// "-1:12 +1:30 -2:1": the differences that occur, each with its count, small ones first; a list of more than `most`
/// ends in "…".
[[nodiscard]] std::string histogram_text(const DifferenceStats& stats, std::size_t most);

/// "63", and "63:1" for the second output of an op.
[[nodiscard]] std::string op_label(const LayerDiff& layer);

/// A row for each layer, in lines of at most `columns` where that is 80 or more: what does not fit is left out, the
/// least important first.
[[nodiscard]] std::string layer_table(const DiffResult& result, std::size_t columns);

}  // namespace nputwin::report
