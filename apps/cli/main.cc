// nputwin: parses the command line, calls the verb, turns its result into an exit code.

#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "arguments.h"

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

int run_verb(int argc, char** argv) {
  CommandLine command_line(kDescription, "nputwin", NPUTWIN_VERSION);
  const AddCommand commands[] = {
#define NPUTWIN_COMMAND(verb) add_##verb##_command,
#include "commands.inc"
#undef NPUTWIN_COMMAND
  };
  for (const AddCommand add : commands) add(command_line.root());
  const Result<Exit> result = command_line.parse(argc, argv)();
  if (!result) {
    fmt::print(stderr, "nputwin: {}\n", result.error().message);
    return static_cast<int>(Exit::kFailed);
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    fmt::print(stderr, "nputwin: the result could not be written to stdout\n");
    return static_cast<int>(Exit::kFailed);
  }
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
