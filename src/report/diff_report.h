#pragma once

#include <string>

#include "analysis/compare/diff_result.h"

namespace nputwin::report {

/// For people, in lines of at most `columns` where that is 80 or more: a table of the layers, the first and the worst
/// layer, the causes, whether that is usual; of each output of the model what differs and what that means.
[[nodiscard]] std::string diff_text(const DiffResult& result, std::size_t columns);

/// {"model", "a", "b", "layers": [{"op", "type", "tensor", "name", "dtype", "shape", "isolated": {…},
/// "accumulated": {…}}], "first", "worst"}; what is undefined (a cosine with zeros, SQNR without a
/// difference) is null.
[[nodiscard]] std::string diff_json(const DiffResult& result);

/// A header and a row for each layer; undefined values are empty. The histogram is "difference:count", separated by
/// spaces.
[[nodiscard]] std::string diff_csv(const DiffResult& result);

}  // namespace nputwin::report
