// nputwin: parses the command line, calls the verb, turns its result into an exit code.

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <exception>

#include "arguments.h"
#include "interaction.h"
#include "version.h"

namespace nputwin::cli {

#define NPUTWIN_COMMAND(verb) void add_##verb##_command(Command root);
#include "commands.inc"
#undef NPUTWIN_COMMAND

namespace {

constexpr const char* kDescription =
    "Runs a quantized .tflite with the exact integer arithmetic of a named CPU runtime or NPU, and shows "
    "where two differ.\n"
    "Results go to stdout, messages to stderr. Exit codes: 0 same or done, 1 differs, 2 failed.\n\n"
    "Start with:\n"
    "  nputwin diff models/digits_embed20_i8.tflite --a tflite-2.9.1-arm64 --b vip-v8 --input noise:1";

/// What --verbose adds in the end.
void say_how(const Program& program, std::chrono::steady_clock::time_point start) {
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  constexpr long kKibPerMib = 1024;
  fmt::print(stderr, "{}\n{} took {:.3f} s and {} MiB of memory\n", version_text(), program.verb, took.count(),
             used.ru_maxrss / kKibPerMib);
}

int run_verb(int argc, char** argv) {
  const auto start = std::chrono::steady_clock::now();
  CommandLine command_line(kDescription, "nputwin", version_text());
  const AddCommand commands[] = {
#define NPUTWIN_COMMAND(verb) add_##verb##_command,
#include "commands.inc"
#undef NPUTWIN_COMMAND
  };
  for (const AddCommand add : commands) add(command_line.root());
  const Action action = command_line.parse(argc, argv);
  const Result<Exit> result = action(command_line.program());
  if (!result) {
    fmt::print(stderr, "nputwin: {}\n", as_told(command_line.program(), result.error().message));
    return static_cast<int>(Exit::kFailed);
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    fmt::print(stderr, "nputwin: the result could not be written to stdout\n");
    return static_cast<int>(Exit::kFailed);
  }
  if (command_line.program().verbose) say_how(command_line.program(), start);
  return static_cast<int>(*result);
}

}  // namespace
}  // namespace nputwin::cli

int main(int argc, char** argv) {
  try {
    return nputwin::cli::run_verb(argc, argv);
  } catch (const std::exception& e) {  // out of memory, a closed pipe: nothing of ours throws
    std::fprintf(stderr, "nputwin: %s\n", e.what());
    return 2;
  }
}
