// nputwin nearest: which CPU build comes nearest to a chip.

#include "api/nearest.h"

#include "base/plural.h"
#include "command/arguments.h"
#include "report/nearest_report.h"

namespace nputwin::command {
namespace nearest {
namespace {

struct Arguments {
  ModelFile model;
  std::string to;
  std::vector<InputArgument> inputs;
  std::vector<std::string> among;
  std::string on_cpu_until;
  MachineArguments machine;
  FormatArgument format;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  api::NearestOptions options{a.model, a.to, a.inputs, split_profiles(a.among), {}, a.on_cpu_until, program.command};
  NPUTWIN_ASSIGN_OR_RETURN(options.session, a.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(const Nearest found, api::nearest(options, program.interaction("samples")));
  const bool searched = !found.taken_over || !found.taken_over->found.stopped;
  if (found.stopped) program.tell(fmt::format("interrupted: the result is of {}\n", counted(found.samples, "sample")));
  if (!searched) program.tell("interrupted: the search for ops did not come to its end\n");
  a.format.print(
      program, [&] { return report::nearest_text(found, program.command, program.columns()); },
      [&] { return report::nearest_json(found); });
  return found.stopped || !searched ? Exit::kFailed : found.any_near() ? Exit::kSame : Exit::kDiffers;
}

}  // namespace
}  // namespace nearest

void add_nearest_command(Command root) {
  Command command = root.verb("nearest", "Rank CPU builds by how near their outputs come to a chip's");
  command.footer(
      "Every build runs the whole model on the inputs; builds that give the same codes are one row. A row has the "
      "distance at each output, and how many values differ where an op gets the chip's own inputs (isolated).\n"
      "No build counts as near where the best and the worst lie within 6 dB at the outputs: another set of inputs "
      "would give another order.\n"
      "--on-cpu-until tries ops one by one and takes those that do most harm. That helps where few ops differ, a pool "
      "or a SOFTMAX, and not where all do. It need not find the fewest there are.\n"
      "Exit code 0 where a build is near, else 1.\n\n" +
      profile_help() + "\n" + source_help());
  auto a = std::make_shared<nearest::Arguments>();
  add_model(command, a->model);
  add_profile(command, "--to", a->to, "The chip").required();
  command
      .option("--among", a->among,
              "The builds that are ranked, with commas between; without it all of CPU runtimes that are built in")
      .value("PROFILE")
      .repeatable();
  command
      .option(
          "--on-cpu-until", a->on_cpu_until,
          "Search the fewest ops whose move to the nearest build, as by `diff --on-cpu`, makes the outputs keep this: "
          "'mismatch<=1%', 'sqnr>=30', 'output:NAME:largest<=2'")
      .value("LIMIT");
  add_inputs(command, a->inputs);
  a->machine.add(command);
  a->format.add(command, {"text", "json"});
  command.does([a](const Program& program) { return nearest::run(*a, program); });
}

}  // namespace nputwin::command
