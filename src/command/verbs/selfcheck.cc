// nputwin selfcheck: what a profile claims, checked against the user's own runtime.

#include "api/selfcheck.h"

#include "command/arguments.h"
#include "report/selfcheck_report.h"

namespace nputwin::command {
namespace selfcheck {
namespace {

struct Arguments {
  ModelFile model;
  std::string python, profile;
  std::vector<InputArgument> inputs = {"noise:1"};
  MachineArguments machine;
  RuntimeModeArgument mode;
  FormatArgument format;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  api::SelfcheckOptions options{a.model, a.python, a.mode.read(), a.profile, a.inputs, {}, false};
  NPUTWIN_ASSIGN_OR_RETURN(options.session, a.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(const Selfcheck check, api::selfcheck(options, program.progress("ops")));
  a.format.print(
      program, [&] { return report::selfcheck_text(check, program.columns()); },
      [&] { return report::selfcheck_json(check); });
  return check.result.differs() ? Exit::kDiffers : Exit::kSame;
}

}  // namespace
}  // namespace selfcheck

void add_selfcheck_command(Command root) {
  Command command =
      root.verb("selfcheck", "Run a model in your own TensorFlow Lite or LiteRT and check a profile against it");
  command.footer(
      "Example: nputwin selfcheck model.tflite --runtime .venv/bin/python\n"
      "The interpreter needs numpy and one of tflite_runtime, ai_edge_litert and tensorflow. It gets a copy of the "
      "model in which every op's output is an output of the model.\n"
      "Exit code 1 where anything differs.\n\n" +
      profile_help() + "\n" + source_help());
  auto a = std::make_shared<selfcheck::Arguments>();
  add_model(command, a->model);
  command.option("--runtime", a->python, "The Python interpreter that has the runtime")
      .value("PYTHON")
      .required()
      .group(kSidesGroup);
  a->mode.add(command);
  add_profile(command, "--profile,-p", a->profile,
              "The profile to check; by default the one of the runtime's version and processor");
  add_inputs(command, a->inputs).required(false).shows_default();
  a->format.add(command, {"text", "json"});
  a->machine.add(command);
  command.does([a](const Program& program) { return selfcheck::run(*a, program); });
}

}  // namespace nputwin::command
