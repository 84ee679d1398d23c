#pragma once

#include <string>

#include "analysis/compare/diff_result.h"

namespace nputwin::report {

/// A table for people: a line for each layer, then the first and the worst layer.
[[nodiscard]] std::string diff_text(const DiffResult& result);

/// {"model", "a", "b", "layers": [{"op", "type", "tensor", "name", "dtype", "shape", "isolated": {…},
/// "accumulated": {…}}], "first", "worst"}; what is undefined (a cosine with zeros, SQNR without a
/// difference) is null.
[[nodiscard]] std::string diff_json(const DiffResult& result);

/// A header and a row for each layer; undefined values are empty. The histogram is "difference:count", separated by
/// spaces.
[[nodiscard]] std::string diff_csv(const DiffResult& result);

}  // namespace nputwin::report
