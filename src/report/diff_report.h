#pragma once

#include <string>

#include "analysis/compare/diff_result.h"
#include "report/provenance.h"

namespace nputwin::report {

/// For people, in lines of at most `columns` where that is 80 or more: a table of the layers, the first and the worst
/// layer, the causes, whether that is usual; of each output of the model what differs and what that means.
[[nodiscard]] std::string diff_text(const DiffResult& result, std::size_t columns);

/// What docs/diff.schema.json describes; what is undefined (a cosine with zeros, SQNR without a difference) is null.
/// Equal comparisons give equal texts.
[[nodiscard]] std::string diff_json(const DiffResult& result, const Provenance& provenance);

/// A header and a row for each layer; undefined values are empty. The histogram is "difference:count", separated by
/// spaces.
[[nodiscard]] std::string diff_csv(const DiffResult& result);

}  // namespace nputwin::report
