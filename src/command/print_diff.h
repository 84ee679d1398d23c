#pragma once

#include "command/arguments.h"
#include "report/provenance.h"

namespace nputwin::command {

/// Prints what a comparison found as text, JSON or CSV; text ends with the command that explains one element.
void print_diff(const Program& program, const FormatArgument& format, const DiffResult& result,
                const report::Provenance& provenance, const std::string& explain);

}  // namespace nputwin::command
