#pragma once

#include "api/diff.h"
#include "arguments.h"

namespace nputwin::cli {

/// Prints what a comparison found as text, JSON or CSV; text ends with the command that explains one element.
void print_diff(const FormatArgument& format, const api::DiffOptions& options, const DiffResult& result);

}  // namespace nputwin::cli
