#pragma once

#include "analysis/compare/diff_result.h"
#include "io/json.h"

namespace nputwin::report {

/// What was found, of the document that docs/diff.schema.json describes.
[[nodiscard]] Json diff_object(const DiffResult& result);

}  // namespace nputwin::report
