#pragma once

#include <string>

#include "io/json.h"
#include "report/report.h"

namespace nputwin::report {

// The page's table of layers.

/// A row for each layer: those that fail a condition first, then by the accumulated mismatch, then in execution order.
[[nodiscard]] std::string table_rows(const Report& report);

/// The name of a layer's row: "op-12", "op-63-1" of an op's output 1.
[[nodiscard]] std::string row_address(const LayerDiff& layer);

/// What the page's script shows where a row is opened, for each layer of the result.
[[nodiscard]] Json table_details(const Report& report);

}  // namespace nputwin::report
