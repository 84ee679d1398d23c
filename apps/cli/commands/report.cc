// nputwin report: a comparison as a page, or in a format of another tool.

#include "api/report.h"

#include "arguments.h"
#include "interaction.h"
#include "plot_python.h"

namespace nputwin::cli {
namespace report_verb {
namespace {

struct Arguments {
  ComparisonArguments comparison;
  std::string output, format, plot_python;
  std::vector<std::string> fail_if;
};

std::string format_names() {
  std::string names;
  for (const auto& format : report::report_formats())
    names += fmt::format("  {:<18} {}{}\n", format.name, format.description,
                         format.many_files ? " (-o names a folder)" : "");
  return names;
}

Result<Exit> run(const Arguments& a, const Program& program) {
  api::ReportOptions options{{}, a.format, a.output, a.fail_if, a.plot_python, NPUTWIN_VERSION};
  NPUTWIN_ASSIGN_OR_RETURN(options.diff, a.comparison.options());
  options.diff.program = program.command;
  NPUTWIN_ASSIGN_OR_RETURN(const report::Report report, api::report(options, interaction(program, "ops")));
  const auto failed = report::failures(report);
  for (const auto& [layer, condition] : failed)
    fmt::print("op {} {} '{}': {}\n", layer->node.index, layer->op, layer->name, condition);
  return exit_of(a.fail_if.empty() ? report.result.differs() : !failed.empty(), report.result.not_run);
}

void add_options(Command command, Arguments& a) {
  a.comparison.add(command, "SIDE");
  command.option("--output,-o", a.output, "The file to write, or for some formats the folder")
      .value("PATH")
      .required()
      .group(kOutputGroup);
  command.option("--format", a.format, "The format, where the file's ending does not tell it")
      .value("FORMAT")
      .group(kOutputGroup);
  command
      .option(
          "--fail-if", a.fail_if,
          "A condition on each layer's accumulated figures, such as 'mismatch>0.1%', 'largest>=3', 'cosine<0.999' or "
          "'sqnr<30'. Repeat it for further ones")
      .value("CONDITION")
      .group(kOutputGroup)
      .repeatable();
  command
      .option(
          "--plot-python", a.plot_python,
          "For the formats svg and png: a Python that has vl_convert (pip install vl-convert-python); by default the "
          "one beside the build, or python3")
      .value("PYTHON")
      .group(kOutputGroup);
}

}  // namespace
}  // namespace report_verb

void add_report_command(Command root) {
  Command command = root.verb("report", "Compare two sides and write the result as a page, or for other tools");
  command.footer("FORMAT:\n" + report_verb::format_names() +
                 "\nExit code 1 where anything differs; with --fail-if, where a condition holds for a layer.\n" +
                 part_help() + "\n" + side_help() + "\n" + source_help());
  auto a = std::make_shared<report_verb::Arguments>();
  a->plot_python = default_plot_python();
  report_verb::add_options(command, *a);
  command.does([a](const Program& program) { return report_verb::run(*a, program); });
}

}  // namespace nputwin::cli
