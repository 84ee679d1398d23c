// nputwin ops: every op that there is, with the family whose rule its output codes follow.

#include <algorithm>

#include "command/arguments.h"
#include "io/json.h"
#include "ops/op.h"

namespace nputwin::command {
namespace ops_verb {
namespace {

std::vector<const OpDefinition*> ops_by_name() {
  std::vector<const OpDefinition*> ops(all_ops().begin(), all_ops().end());
  std::ranges::sort(ops, {}, [](const OpDefinition* op) { return op->name; });
  return ops;
}

Result<Exit> run(const FormatArgument& format, const Program& program) {
  Json json = Json::array();
  std::string text;
  for (const OpDefinition* op : ops_by_name()) {
    json.push_back({{"op", op->name}, {"family", name(op->family)}});
    text += fmt::format("{:<30} {}\n", op->name, name(op->family));
  }
  format.print(
      program, [&] { return text; }, [&] { return to_text(json); });
  return Exit::kSame;
}

}  // namespace
}  // namespace ops_verb

void add_ops_command(Command root) {
  Command command = root.verb("ops", "List the supported ops, each with the family whose rule its codes follow");
  auto format = std::make_shared<FormatArgument>();
  format->add(command, {"text", "json"});
  command.does([format](const Program& program) { return ops_verb::run(*format, program); });
}

}  // namespace nputwin::command
