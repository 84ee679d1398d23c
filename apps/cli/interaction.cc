#include "interaction.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>

namespace nputwin::cli {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

volatile std::sig_atomic_t interrupt_seen = 0;  // a signal handler reaches nothing else

void listen_for_interrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupt_seen = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

/// "12 s", "3 min", "2 h": what is left of work at the pace so far.
std::string time_text(double seconds) {
  constexpr double kMinute = 60, kHour = 60 * kMinute;
  if (seconds < 2 * kMinute) return fmt::format("{:.0f} s", std::ceil(seconds));
  return seconds < 2 * kHour ? fmt::format("{:.0f} min", seconds / kMinute) : fmt::format("{:.0f} h", seconds / kHour);
}

/// A line on stderr that counts steps, and goes away in the end.
class Progress {
 public:
  Progress(std::string what, std::string units) : what_(std::move(what)), units_(std::move(units)) {}
  ~Progress() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
  }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void at(std::size_t done, std::size_t all) {
    constexpr std::int64_t kSecond = 1'000'000'000;
    constexpr std::size_t kLongWork = 1'000'000;
    if (!terminal_) {
      if (done == 1 && all >= kLongWork)
        fmt::print(stderr, "{}: {} {} to run; Ctrl-C ends with the result so far\n", what_, all, units_);
      return;
    }
    const std::int64_t now = now_ns();
    if (now - start_ns_ < kSecond || now - last_ns_ < kSecond / 10 || done == 0) return;
    const double each = static_cast<double>(now - start_ns_) / kSecond / static_cast<double>(done);
    fmt::print(stderr, "\r{}: {} of {} {}, {} left\x1b[K", what_, done, all, units_,
               time_text(each * static_cast<double>(all - std::min(done, all))));
    std::fflush(stderr);
    last_ns_ = now;
    shown_ = true;
  }

 private:
  std::string what_, units_;
  std::int64_t start_ns_ = now_ns(), last_ns_ = 0;
  bool terminal_ = ::isatty(STDERR_FILENO) == 1, shown_ = false;
};

}  // namespace

void note(const Program& program, const std::string& text) {
  if (!program.quiet) fmt::print(stderr, "nputwin: {}\n", text);
}

Callbacks progress(const Program& program, const std::string& units) {
  Callbacks callbacks;
  if (program.quiet) return callbacks;
  callbacks.progress = [shown = std::make_shared<Progress>(program.verb, units)](std::size_t done, std::size_t all) {
    shown->at(done, all);
  };
  callbacks.note = [program](const std::string& text) { note(program, text); };
  return callbacks;
}

Callbacks interaction(const Program& program, const std::string& units) {
  listen_for_interrupts();
  Callbacks callbacks = progress(program, units);
  callbacks.stop = [] { return interrupt_seen != 0; };
  return callbacks;
}

}  // namespace nputwin::cli
