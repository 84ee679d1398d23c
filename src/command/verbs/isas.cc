// nputwin isas: the instruction sets of this processor.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "command/arguments.h"
#include "io/json.h"
#include "kernels/isa.h"

namespace nputwin::command {
namespace isas {
namespace {

Result<Exit> run(const FormatArgument& format, const Program& program) {
  std::vector<std::string> names;
  for (const Isa& isa : available_isas()) names.push_back(isa.name);
  format.print(
      program, [&] { return fmt::format("{}\n", fmt::join(names, "\n")); }, [&] { return to_line(names) + "\n"; });
  return Exit::kSame;
}

}  // namespace
}  // namespace isas

void add_isas_command(Command root) {
  Command command =
      root.verb("isas", "List the instruction sets that --isa accepts on this processor, the fastest first");
  command.footer(
      "Every one computes the same bytes. scalar is the plain definition that the others are tested against.");
  auto format = std::make_shared<FormatArgument>();
  format->add(command, {"text", "json"});
  command.does([format](const Program& program) { return isas::run(*format, program); });
}

}  // namespace nputwin::command
