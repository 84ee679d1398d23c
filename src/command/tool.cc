#include "command/tool.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <string_view>

#include "command/arguments.h"
#include "command/version.h"

namespace nputwin::command {

#define NPUTWIN_VERB(verb) void add_##verb##_command(Command root);
#include "command/verbs.inc"
#undef NPUTWIN_VERB

namespace {

constexpr const char* kDescription =
    "Runs a quantized .tflite with the exact integer arithmetic of a named CPU runtime or NPU, and shows "
    "where two differ.\n"
    "Results go to stdout, messages to stderr. Exit codes: 0 same or done, 1 differs, 2 failed.\n\n"
    "Start with:\n"
    "  nputwin diff models/digits_embed20_i8.tflite --a tflite-2.9.1-arm64 --b vip-v8 --input noise:1";

constexpr struct {
  std::string_view word;
  AddCommand add;
} kVerbs[] = {
#define NPUTWIN_VERB(verb) {#verb, add_##verb##_command},
#include "command/verbs.inc"
#undef NPUTWIN_VERB
};

/// Adds the verb that the words begin with alone, for to define all of them takes milliseconds; all where there is
/// none, where help is asked for, and for the verb that writes about all.
void add_verbs(const std::vector<std::string>& words, Command root) {
  const std::string first = words.size() > 1 ? words[1] : "";
  if (words.size() == 2 && (first == "version" || first == "--version" || first == "-V")) return;
  const auto given = std::ranges::find_if(kVerbs, [&](const auto& verb) { return verb.word == first; });
  const bool one = given != std::end(kVerbs) && first != "completion";
  for (const auto& verb : kVerbs) {
    if (!one || &verb == given) verb.add(root);
  }
}

/// What --verbose adds in the end.
std::string how(const Program& program, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  constexpr long kKibPerMib = 1024;
  return fmt::format("{}\n{} took {:.3f} s and {} MiB of memory\n", version_text(), program.verb, took.count(),
                     used.ru_maxrss / kKibPerMib);
}

}  // namespace

Result<Exit> call(Host& host, const std::vector<std::string>& words, Memory memory) {
  const auto start = std::chrono::steady_clock::now();
  CommandLine command_line(kDescription, "nputwin", version_text() + "\n" + parts_text(), host, std::move(memory));
  add_verbs(words, command_line.root());
  const Action action = command_line.parse(words);
  const Program& program = command_line.program();
  const Result<Exit> result = action(program);
  if (!result) return error("{}", program.as_told(result.error().message));
  if (program.verbose) program.tell(how(program, start));
  return *result;
}

}  // namespace nputwin::command
