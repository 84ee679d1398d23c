#include "command/print_diff.h"

#include <fmt/format.h>

#include "report/diff_report.h"

namespace nputwin::command {

void print_diff(const Program& program, const FormatArgument& format, const DiffResult& result,
                const report::Provenance& provenance, const std::string& explain) {
  if (format.format == "csv") {
    program.print(report::diff_csv(result));
    return;
  }
  format.print(
      program, [&] { return report::diff_text(result, program.columns()) + explain + (explain.empty() ? "" : "\n"); },
      [&] { return report::diff_json(result, provenance); });
}

}  // namespace nputwin::command
