// nputwin diff: one model on two sides, and where they differ.

#include "api/diff.h"

#include "api/partial.h"
#include "arguments.h"
#include "base/plural.h"
#include "interaction.h"
#include "print_diff.h"

namespace nputwin::cli {
namespace diff {
namespace {

struct Arguments {
  ComparisonArguments comparison;
  FormatArgument format;
  std::string partial;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  NPUTWIN_ASSIGN_OR_RETURN(api::DiffOptions options, a.comparison.options());
  options.program = program.command;
  NPUTWIN_ASSIGN_OR_RETURN(const api::Diffed diffed, api::diff(options, interaction(program, "ops")));
  if (diffed.stopped)
    fmt::print(stderr, "interrupted: the result is of {}\n", counted(diffed.result.samples, "sample"));
  if (!a.partial.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(const api::Partial partial, api::make_partial(options, diffed));
    NPUTWIN_RETURN_IF_ERROR(api::write_partial(a.partial, partial));
  }
  print_diff(a.format, options, diffed.result);
  if (diffed.stopped) return Exit::kFailed;
  return exit_of(diffed.result.differs(), diffed.result.not_run);
}

}  // namespace
}  // namespace diff

void add_diff_command(Command root) {
  Command command = root.verb("diff", "Run a model on two sides and show, layer by layer, where they differ");
  command.footer(
      "isolated: one op by itself; B's op runs on A's inputs. accumulated: each side runs on its own, so differences "
      "of earlier layers are in it.\n"
      "LSB: steps of the quantized value. SQNR and cosine compare the accumulated real values; '-' means that nothing "
      "differs, 'undefined' that a side is all zeros.\n"
      "Exit code 1 where anything differs.\n" +
      part_help() + "\n" + side_help() + "\n" + source_help());
  auto a = std::make_shared<diff::Arguments>();
  a->comparison.add(command, "SIDE");
  a->comparison.add_samples(command);
  command
      .option("--partial", a->partial,
              "Also write the exact result to this file. `nputwin merge` adds up the files of all parts")
      .value("FILE")
      .group(kOutputGroup);
  a->format.add(command, {"text", "json", "csv"});
  command.does([a](const Program& program) { return diff::run(*a, program); });
}

}  // namespace nputwin::cli
