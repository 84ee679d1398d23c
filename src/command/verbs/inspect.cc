// nputwin inspect: what is in a model, what of it a profile covers, and with what confidence.

#include "api/inspect.h"

#include "command/arguments.h"
#include "profile/profile.h"
#include "report/inspect_report.h"

namespace nputwin::command {
namespace inspect {
namespace {

struct Arguments {
  ModelFile model;
  std::string profile{builtin_profiles().front().name};
  FormatArgument format;
  PreparationArguments preparation;
  IsaArgument isa;
  bool kernels = false;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  NPUTWIN_ASSIGN_OR_RETURN(SessionOptions session, a.preparation.options());
  NPUTWIN_ASSIGN_OR_RETURN(session.isa, a.isa.read());
  NPUTWIN_ASSIGN_OR_RETURN(const api::Inspected found, api::inspect({a.model, a.profile, session}));
  const auto text = [&] {
    return program.as_called(
        report::inspect_text(*found.model, found.profile, found.coverage, a.kernels, program.columns()));
  };
  a.format.print(program, text,
                 [&] { return report::inspect_json(*found.model, found.profile, found.coverage, a.kernels); });
  return found.runs() ? Exit::kSame : Exit::kFailed;
}

}  // namespace
}  // namespace inspect

void add_inspect_command(Command root) {
  Command command = root.verb("inspect", "Show a model's ops and tensors, and how a profile would compute each op");
  command.footer("Exit code 2 where the profile cannot compute every op, as run has then.\n\n" + confidence_help() +
                 "\n" + profile_help());
  auto a = std::make_shared<inspect::Arguments>();
  add_model(command, a->model);
  add_profile(command, "--profile,-p", a->profile, "The profile that is to run the model").shows_default();
  a->preparation.add(command);
  command.flag(
      "--kernels", a->kernels,
      "Show for each op which form of its kernel runs, on which instruction set, and why better ones refused it");
  a->isa.add(command);
  a->format.add(command, {"text", "json"});
  command.does([a](const Program& program) { return inspect::run(*a, program); });
}

}  // namespace nputwin::command
