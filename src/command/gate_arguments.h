#pragma once

#include <string>
#include <vector>

#include "api/report.h"
#include "command/arguments.h"

namespace nputwin::command {

/// Files of a comparison, and when it fails: --output, --fail-if, --baseline, --exit-zero, --plot-python.
struct GateArguments {
  std::vector<std::string> outputs, fail_if;
  std::string baseline, plot_python;
  bool exit_zero = false;

  /// `is_report`: files are what the verb is for, and one of them is required.
  void add(Command command, bool is_report);
  void put_into(api::ReportOptions& options) const;
  /// Whether any of them was given, but --plot-python.
  [[nodiscard]] bool given() const { return !outputs.empty() || !fail_if.empty() || !baseline.empty() || exit_zero; }
  /// Whether stdout gets one of the files.
  [[nodiscard]] bool writes_to_stdout() const;

  /// Says which conditions hold, where any was set; to stderr where stdout has a document. The exit code of the verb.
  [[nodiscard]] Result<Exit> finish(const report::Report& report, bool stdout_has_document,
                                    const Program& program) const;
};

/// What a condition is, for the end of a verb's help.
[[nodiscard]] std::string condition_help();

}  // namespace nputwin::command
