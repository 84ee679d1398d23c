#pragma once

#include <string>

#include "analysis/compare/diff_result.h"
#include "report/provenance.h"

namespace nputwin::report {

/// A table for people: a line for each layer, then the first and the worst layer.
[[nodiscard]] std::string diff_text(const DiffResult& result);

/// What docs/diff.schema.json describes; what is undefined (a cosine with zeros, SQNR without a difference) is null.
/// Equal comparisons give equal texts.
[[nodiscard]] std::string diff_json(const DiffResult& result, const Provenance& provenance);

/// A header and a row for each layer; undefined values are empty. The histogram is "difference:count", separated by
/// spaces.
[[nodiscard]] std::string diff_csv(const DiffResult& result);

}  // namespace nputwin::report
