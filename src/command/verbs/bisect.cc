// nputwin bisect: the first layer beyond a limit, and the smallest model and input that show it.

#include "api/bisect.h"

#include "base/plural.h"
#include "command/arguments.h"
#include "report/text.h"

namespace nputwin::command {
namespace bisect {
namespace {

struct Arguments {
  ComparisonArguments comparison;
  api::BisectOptions options;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  api::BisectOptions options = a.options;
  NPUTWIN_ASSIGN_OR_RETURN(options.diff, a.comparison.options());
  options.diff.program = program.command;
  NPUTWIN_ASSIGN_OR_RETURN(const api::BisectResult result, api::bisect(options, program.interaction("ops")));
  const char* figures = options.accumulated ? "accumulated" : "isolated";
  if (!result.found) {
    program.print(fmt::format("no layer has {} {} on {}\n", options.limit, figures, counted(result.samples, "sample")));
    return exit_of(false, result.not_run);
  }
  const auto& [layer, sample, part, ops, model_file, input_file, diff_command] = *result.found;
  program.print(fmt::format(
      "first with {} {}: op {} {} '{}', sample {}\n{}: {} of {}, {}; of its outputs {} differ\n{}\n", options.limit,
      figures, layer.node.index, layer.op, report::shortened(layer.name, report::kNameColumns), sample, model_file,
      part.cut.nodes.size(), counted(ops, "op"), counted(part.model.size(), "byte"),
      counted(part.mismatches, "element"), diff_command));
  return Exit::kDiffers;
}

}  // namespace
}  // namespace bisect

void add_bisect_command(Command root) {
  Command command =
      root.verb("bisect", "Find the first layer beyond a limit, and write the smallest model and input that show it");
  command.footer(
      "Writes model.tflite and input.npz, checks that the two sides differ on them, and ends with the command that "
      "shows it. Exit code 1 where there is such a layer.\n" +
      part_help() + "\n" + profile_help() + "\n" + source_help());
  auto a = std::make_shared<bisect::Arguments>();
  a->comparison.add(command, "PROFILE");
  command.option("--output,-o", a->options.folder, "The folder to write to; it is made where there is none")
      .value("FOLDER")
      .group(kOutputGroup)
      .required();
  command.option("--first", a->options.limit, "The limit: 'mismatch>0.1%', 'largest>=2', 'cosine<0.999'")
      .value("CONDITION")
      .shows_default();
  command.flag("--accumulated", a->options.accumulated,
               "Hold a layer's accumulated figures against the limit, not its isolated ones. The model then holds "
               "all that the layer depends on");
  command.does([a](const Program& program) { return bisect::run(*a, program); });
}

}  // namespace nputwin::command
