#include "print_diff.h"

#include <fmt/format.h>

#include "api/command_text.h"
#include "report/diff_report.h"
#include "terminal.h"

namespace nputwin::cli {

void print_diff(const FormatArgument& format, const api::DiffOptions& options, const DiffResult& result) {
  if (format.format == "csv") {
    fmt::print("{}", report::diff_csv(result));
    return;
  }
  const auto text = [&] {
    const std::string command = api::explain_command(options, result);
    return report::diff_text(result, output_columns()) + command + (command.empty() ? "" : "\n");
  };
  format.print(text, [&] { return report::diff_json(result); });
}

}  // namespace nputwin::cli
