// nputwin merge: parts of a comparison, put together.

#include <fmt/format.h>

#include "api/command_text.h"
#include "api/partial.h"
#include "base/file.h"
#include "command/arguments.h"
#include "command/print_diff.h"

namespace nputwin::command {
namespace merge {
namespace {

struct Arguments {
  std::vector<std::string> files;
  FormatArgument format;
  std::string partial;
};

Result<Exit> run(const Arguments& a, const Program& program) {
  NPUTWIN_ASSIGN_OR_RETURN(api::Partial merged, api::merge_partials(a.files));
  merged.options.program = program.command;
  if (const std::string missing = merged.missing(); !missing.empty())
    program.note(fmt::format("no file holds samples {} of {}", missing, merged.all));
  if (!a.partial.empty()) NPUTWIN_RETURN_IF_ERROR(api::write_partial(a.partial, merged));
  if (!is_stdout(a.partial))
    print_diff(program, a.format, merged.result, api::provenance_of(merged, NPUTWIN_VERSION),
               api::explain_command(merged.options, merged.result));
  return merged.result.differs() ? Exit::kDiffers : Exit::kSame;
}

}  // namespace
}  // namespace merge

void add_merge_command(Command root) {
  Command command = root.verb("merge", "Add up parts of one comparison that `nputwin diff --partial` wrote");
  command.footer(
      "Split a long comparison over processes or machines, and put it together again:\n"
      "  nputwin diff model.tflite … --samples 0:500 --partial first.json\n"
      "  nputwin diff model.tflite … --samples 500:1000 --partial second.json\n"
      "  nputwin merge first.json second.json\n"
      "The result equals that of one comparison of all samples to the last digit, whatever the order of the files.\n"
      "All parts must have the same model, sides, input and options, and no sample twice. Exit code 1 where anything "
      "differs.");
  auto a = std::make_shared<merge::Arguments>();
  command.option("FILES", a->files, "The files to add up").value("FILE...").required();
  command
      .option(
          "--partial", a->partial,
          "Also write the merged result to this file, to be merged further; - is stdout, which then has nothing else")
      .value("FILE")
      .group(kOutputGroup);
  a->format.add(command, {"text", "json", "csv"});
  command.does([a](const Program& program) { return merge::run(*a, program); });
}

}  // namespace nputwin::command
