// nputwin: what the command line says, done at this terminal.

#include <cstdio>
#include <exception>

#include "command/tool.h"
#include "terminal.h"

namespace nputwin::cli {
namespace {

int call(int argc, char** argv) {
  Terminal terminal;
  const Result<command::Exit> result = command::call(terminal, {argv, argv + argc});
  if (!result) {
    terminal.tell(fmt::format("nputwin: {}\n", result.error().message));
    return static_cast<int>(command::Exit::kFailed);
  }
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    terminal.tell("nputwin: the result could not be written to stdout\n");
    return static_cast<int>(command::Exit::kFailed);
  }
  return static_cast<int>(*result);
}

}  // namespace
}  // namespace nputwin::cli

int main(int argc, char** argv) {
  try {
    return nputwin::cli::call(argc, argv);
  } catch (const std::exception& e) {  // out of memory, a closed pipe: nothing of ours throws
    std::fprintf(stderr, "nputwin: %s\n", e.what());
    return 2;
  }
}
