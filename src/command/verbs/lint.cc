// nputwin lint: what in a model will bite.

#include "api/lint.h"

#include <algorithm>

#include "command/arguments.h"
#include "report/lint_report.h"

namespace nputwin::command {
namespace lint {
namespace {

struct Arguments {
  api::LintOptions options;
  std::vector<std::string> profiles;
  MachineArguments machine;
  FormatArgument format;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  api::LintOptions options = a.options;
  NPUTWIN_ASSIGN_OR_RETURN(options.session, a.machine.options());
  options.program = program.command;
  options.profiles = split_profiles(a.profiles);
  NPUTWIN_ASSIGN_OR_RETURN(const api::Linted found, api::lint(options, program.interaction("samples")));
  a.format.print(
      program, [&] { return report::lint_text(*found.model, found.findings) + found.next + "\n"; },
      [&] { return report::lint_json(*found.model, found.profiles, found.findings); });
  const bool bites =
      std::ranges::any_of(found.findings, [](const Finding& f) { return f.severity != Severity::kNote; });
  return bites ? Exit::kDiffers : Exit::kSame;
}

std::string rules_help() {
  std::string text = "Rules:\n";
  for (const RuleName& rule : lint_rule_names()) text += fmt::format("  {:<21} {}\n", rule.name, rule.finds);
  return text;
}

}  // namespace
}  // namespace lint

void add_lint_command(Command root) {
  Command command = root.verb("lint", "Find what in a model will bite: on any device, or on those that --for names");
  command.footer(
      "error: does not run, or computes something else than it says. warning: differs between devices, or loses "
      "precision. note: worth knowing.\n"
      "Exit code 1 where there is an error or a warning.\n\n" +
      lint::rules_help() + "\n" + profile_help() + "\n" + source_help());
  auto a = std::make_shared<lint::Arguments>();
  add_model(command, a->options.model);
  command
      .option("--for", a->profiles,
              "Who is to run the model. Repeat it, or put commas between, for further ones; without it: any device")
      .value("PROFILE")
      .repeatable();
  add_inputs(command, a->options.inputs).required(false);
  command.option("--rule", a->options.rules, "Only this rule; repeat it for further ones").value("RULE").repeatable();
  command.option("--skip", a->options.skipped, "Not this rule; repeat it for further ones").value("RULE").repeatable();
  a->machine.add(command);
  a->format.add(command, {"text", "json"});
  command.does([a](const Program& program) { return lint::run(*a, program); });
}

}  // namespace nputwin::command
