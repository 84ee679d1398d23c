#pragma once

#include "arguments.h"
#include "report/provenance.h"

namespace nputwin::cli {

/// Prints what a comparison found as text, JSON or CSV; text ends with the command that explains one element.
void print_diff(const FormatArgument& format, const DiffResult& result, const report::Provenance& provenance,
                const std::string& explain);

}  // namespace nputwin::cli
