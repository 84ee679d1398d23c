#include "cli.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

namespace nputwin::cli {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void InputArgument::add(CLI::App& command) {
  command.add_option("--input,-i", sources, kInputSourceHelp)->required()->allow_extra_args(false);
}

void MachineArguments::add(CLI::App& command) {
  command.add_option("--threads", threads, "Threads to use; the result never depends on it")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command
      .add_option("--isa", isa,
                  "Instruction set to use: auto, scalar or one that this processor has; the result never "
                  "depends on it")
      ->envname("NPUTWIN_ISA")
      ->capture_default_str();
}

Result<SessionOptions> MachineArguments::options() const {
  SessionOptions options;
  NPUTWIN_ASSIGN_OR_RETURN(options.isa, find_isa(isa));
  options.threads = threads;
  return options;
}

void FormatArgument::add(CLI::App& command, const std::vector<std::string>& formats) {
  format = formats.front();
  command.add_option("--format", format, "How to print the result")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
}

Result<std::vector<Sample>> make_session_inputs(const Session& session,
                                                const std::vector<std::string>& sources) {
  std::vector<TensorSpec> specs;
  for (std::size_t k = 0; k < session.graph().inputs.size(); ++k) specs.push_back(session.input_spec(k));
  return make_inputs(specs, sources);
}

Progress::Progress(std::string what)
    : what_(std::move(what)), start_ns_(now_ns()), terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
}

void Progress::at(std::size_t done, std::size_t all) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  if (!terminal_) return;
  const std::int64_t now = now_ns();
  if (now - start_ns_ < kSecond || now - last_ns_ < kSecond / 10) return;
  fmt::print(stderr, "\r{}: {} of {} ops\x1b[K", what_, done, all);
  std::fflush(stderr);
  last_ns_ = now, shown_ = true;
}

}  // namespace nputwin::cli
