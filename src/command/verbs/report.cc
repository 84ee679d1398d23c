// nputwin report: a comparison as a page, or in a format of another tool.

#include "api/report.h"

#include <fmt/ranges.h>

#include "command/gate_arguments.h"

namespace nputwin::command {
namespace report_verb {
namespace {

struct Arguments {
  ComparisonArguments comparison;
  GateArguments gate;
  std::string format;
};

std::string format_names() {
  std::string names;
  for (const auto& format : report::report_formats())
    names += fmt::format("  {:<18} {}{}\n", format.name, format.description,
                         format.many_files ? " (-o names a folder)" : "");
  return names;
}

Result<Exit> run(const Arguments& a, const Program& program) {
  api::ReportOptions options;
  options.verb = "report";
  options.format = a.format;
  a.gate.put_into(options);
  NPUTWIN_ASSIGN_OR_RETURN(options.diff, a.comparison.options());
  options.diff.program = program.command;
  NPUTWIN_ASSIGN_OR_RETURN(const api::Reported reported, api::report(options, program.interaction("ops")));
  if (reported.stopped) return error("interrupted; these stay as they were: {}", fmt::join(options.outputs, ", "));
  return a.gate.finish(reported.report, a.gate.writes_to_stdout(), program);
}

}  // namespace
}  // namespace report_verb

void add_report_command(Command root) {
  Command command = root.verb("report", "Compare two sides and write the result as a page, or for other tools");
  command.footer("FORMAT:\n" + report_verb::format_names() + "\n" + condition_help() +
                 "Exit code 1 where anything differs; with --fail-if or --baseline, only where that fails.\n" +
                 part_help() + "\n" + side_help() + "\n" + source_help());
  auto a = std::make_shared<report_verb::Arguments>();
  a->comparison.add(command, "SIDE");
  a->gate.add(command, true);
  command.option("--format", a->format, "The format of the output whose ending tells none, or of the only one")
      .value("FORMAT")
      .group(kOutputGroup);
  command.does([a](const Program& program) { return report_verb::run(*a, program); });
}

}  // namespace nputwin::command
