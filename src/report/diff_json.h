#pragma once

#include <nlohmann/json.hpp>

#include "analysis/compare/diff_result.h"

namespace nputwin::report {

/// What docs/diff.schema.json describes.
[[nodiscard]] nlohmann::ordered_json diff_object(const DiffResult& result);

}  // namespace nputwin::report
