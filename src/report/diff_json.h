#pragma once

#include <nlohmann/json.hpp>

#include "analysis/compare/diff.h"

namespace nputwin::report {

/// What docs/diff.schema.json describes.
[[nodiscard]] nlohmann::ordered_json diff_object(const DiffResult& result);

}  // namespace nputwin::report
