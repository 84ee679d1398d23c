#pragma once

#include <string>
#include <vector>

#include "analysis/compare/diff_result.h"

namespace nputwin::report {

/// What people call each layer of a result: "12"; "63:0" and "63:1" where several outputs of an op are compared.
[[nodiscard]] std::vector<std::string> layer_labels(const DiffResult& result);

/// The name of a layer's row in the page: "op-12", "op-63-1" of an op's output 1.
[[nodiscard]] std::string layer_address(const LayerDiff& layer);

}  // namespace nputwin::report
