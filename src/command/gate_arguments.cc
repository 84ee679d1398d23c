#include "command/gate_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/file.h"
#include "command/date.h"
#include "command/plot_python.h"
#include "report/gate.h"

namespace nputwin::command {

void GateArguments::add(Command command, bool is_report) {
  plot_python = default_plot_python();
  command
      .option("--output,-o", outputs,
              std::string("A file to write, whose ending says the format: .html, .md, .json, .csv, .xml (JUnit).") +
                  (is_report ? " - is stdout, which then has nothing else." : "") + " Repeat it for further ones")
      .value("PATH")
      .group(kOutputGroup)
      .repeatable()
      .required(is_report);
  command
      .option("--fail-if", fail_if,
              "A CONDITION under which to fail, such as 'output:cosine<0.999'. Repeat it for further ones")
      .value("CONDITION")
      .group(kOutputGroup)
      .repeatable();
  command
      .option("--baseline", baseline,
              "What --format json or -o FILE.json wrote before: fail only on what is worse than there")
      .value("FILE.json")
      .group(kOutputGroup);
  command.flag("--exit-zero", exit_zero, "Exit code 0 also where the sides differ or a condition holds")
      .group(kOutputGroup);
  command
      .option(
          "--plot-python", plot_python,
          "For the formats svg and png: a Python that has vl_convert (pip install vl-convert-python); by default the "
          "one beside the build, or python3")
      .value("PYTHON")
      .group(kOutputGroup);
}

void GateArguments::put_into(api::ReportOptions& options) const {
  options.outputs = outputs;
  options.fail_if = fail_if;
  options.baseline = baseline;
  options.plot_python = plot_python;
  options.version = NPUTWIN_VERSION;
  options.when = now();
}

bool GateArguments::writes_to_stdout() const { return std::ranges::any_of(outputs, is_stdout); }

Result<Exit> GateArguments::finish(const report::Report& report, bool stdout_has_document,
                                   const Program& program) const {
  const auto judgements = report::judge(report);
  const std::string said = report::gate_text(judgements);
  if (stdout_has_document) {
    program.tell(said);
  } else {
    program.print(said);
  }
  NPUTWIN_RETURN_IF_ERROR(report::check_gate(judgements));
  const bool failed = std::ranges::any_of(judgements, [](const auto& v) { return !v.failures.empty(); });
  const bool differs = judgements.empty() ? report.result.differs() : failed;
  return exit_of(differs && !exit_zero, report.result.not_run);
}

std::string condition_help() {
  return "CONDITION is [SCOPE]FIGURE RELATION NUMBER[%], with blanks where you like:\n"
         "  mismatch>0.1%                 of any layer, accumulated\n"
         "  output:cosine<0.999           of any of the model's outputs; output:'NAME':… of one\n"
         "  layer:12:largest>2            of op 12; layer:'NAME':… of the op's output of that name\n"
         "  isolated:mismatch>0.2%        of any layer by itself; isolated:layer:12:… and isolated:output:… too\n"
         "  output:top1<99%               of rows of scores: the share whose first class is the same\n"
         "FIGURE is mismatch, largest, bias (its size), std, mae, mse, rmse, sqnr, psnr (dB), cosine, and of outputs "
         "that are scores of classes top1, top5. RELATION is > >= < or <=. mismatch, top1 and top5 are shares: 0.001 "
         "or 0.1%. A quote in a NAME is doubled. A number that no figure can reach is refused, and so is a condition "
         "that looks at nothing. An undefined figure (NaN, a cosine with zeros) of sides that differ fails.\n"
         "With --fail-if, exit code 1 only where a condition holds. With --baseline, only where it did not hold there "
         "or its figure is worse now; without --fail-if, where any layer's mismatch or largest is.\n";
}

}  // namespace nputwin::command
