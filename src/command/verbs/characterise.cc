// nputwin characterise: when two profiles differ, and how often that is to be expected.

#include "api/characterise.h"

#include "base/plural.h"
#include "command/arguments.h"
#include "report/characterise_report.h"

namespace nputwin::command {
namespace characterise {
namespace {

struct Arguments {
  ModelFile model;
  std::string a, b, until;
  std::vector<InputArgument> inputs;
  MachineArguments machine;
  FormatArgument format;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  api::CharacteriseOptions options{a.model, a.a, a.b, a.inputs, {}, a.until};
  NPUTWIN_ASSIGN_OR_RETURN(options.session, a.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(const auto found, api::characterise(options, program.interaction("samples")));
  if (found.stopped) program.tell(fmt::format("interrupted: the result is of {}\n", counted(found.samples, "sample")));
  a.format.print(
      program, [&] { return report::character_text(found.layers, found.a, found.b, found.samples); },
      [&] { return report::character_json(found.layers, found.a, found.b, found.samples); });
  return found.stopped || found.not_run.falls_short() ? Exit::kFailed : Exit::kSame;
}

}  // namespace
}  // namespace characterise

void add_characterise_command(Command root) {
  Command command =
      root.verb("characterise", "Say which sums two profiles round differently, and how often to expect it");
  command.footer(
      "On either side a layer's output rises with its exact sum, so each output value begins at some sum. The sums "
      "between A's beginning and B's are all that differ.\n"
      "share of all sums: of the sums that any input could make, the part that differs. expected: from those sums, and "
      "from how often A gives the neighbouring values. measured: B's op on A's inputs.\n"
      "Without --input only the share is known.\n" +
      part_help() + "\n" + profile_help() + "\n" + source_help());
  auto a = std::make_shared<characterise::Arguments>();
  add_model(command, a->model);
  add_sides(command, a->a, a->b, "PROFILE");
  add_inputs(command, a->inputs).required(false);
  add_until(command, a->until);
  a->format.add(command, {"text", "json"});
  a->machine.add(command);
  command.does([a](const Program& program) { return characterise::run(*a, program); });
}

}  // namespace nputwin::command
