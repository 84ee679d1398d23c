// nputwin characterise: when two sides differ, and how often that is to be expected.

#include "analysis/agree/characterise.h"
#include "cli.h"
#include "report/characterise_report.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ModelArgument model;
  InputArgument input;
  MachineArguments machine;
  FormatArgument format;
  ProfileArgument a, b;
};

Result<Exit> run(const Arguments& args) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, args.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(Sides sides, prepare_sides(model, args.a, args.b, args.machine));
  NPUTWIN_ASSIGN_OR_RETURN(Characteriser characteriser, Characteriser::of(sides.a, sides.b));
  std::size_t samples = 0;
  if (!args.input.sources.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_session_inputs(sides.a, args.input.sources));
    listen_for_interrupts();
    Progress progress("characterise");
    for (; samples < inputs.size() && !interrupted(); ++samples) {
      NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(samples));
      NPUTWIN_RETURN_IF_ERROR(characteriser.add(sample));
      progress.at(samples + 1, inputs.size());
    }
    if (interrupted()) fmt::print(stderr, "interrupted: the result is of {} samples\n", samples);
  }
  const auto layers = characteriser.result();
  fmt::print("{}", args.format.format == "json"
                       ? report::character_json(layers, sides.a.profile().name, sides.b.profile().name, samples)
                       : report::character_text(layers, sides.a.profile().name, sides.b.profile().name, samples));
  return interrupted() ? Exit::kFailed : Exit::kSame;
}

}  // namespace

void add_characterise_command(Command root) {
  Command command =
      root.verb("characterise",
                "When two profiles differ: which sums of a layer become another code, and how often to expect it");
  command.footer(
      "A layer's code is a rising function of its exact sum, on either side; so each code begins at some "
      "sum, and the sums "
      "between A's and B's beginning are all that differ.\n"
      "share of all sums: of those that any input could make, what differs. expected: from those sums and "
      "how often A gives the "
      "codes around them; measured: B's layer on A's inputs. Without --input only the first is known.");
  auto a = std::make_shared<Arguments>();
  a->model.add(command);
  a->a.add(command, "--a", "The first side").required();
  a->b.add(command, "--b", "The second side").required();
  a->input.add(command).required(false);
  a->format.add(command, {"text", "json"});
  a->machine.add(command);
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
