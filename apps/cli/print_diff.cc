#include "print_diff.h"

#include <fmt/format.h>

#include "report/diff_report.h"
#include "terminal.h"

namespace nputwin::cli {

void print_diff(const FormatArgument& format, const DiffResult& result, const report::Provenance& provenance,
                const std::string& explain) {
  if (format.format == "csv") {
    fmt::print("{}", report::diff_csv(result));
    return;
  }
  format.print([&] { return report::diff_text(result, output_columns()) + explain + (explain.empty() ? "" : "\n"); },
               [&] { return report::diff_json(result, provenance); });
}

}  // namespace nputwin::cli
