#include "terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <utility>

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
      // With several samples at once the first count that comes is not always 1.
      if (!std::exchange(told_, true) && all >= kLongWork)
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
  bool told_ = false;
  std::string what_, units_;
  std::int64_t start_ns_ = now_ns(), last_ns_ = 0;
  bool terminal_ = ::isatty(STDERR_FILENO) == 1, shown_ = false;
};

/// 0 where the variable is not set to a number.
std::size_t columns_of_environment() {
  const char* variable = std::getenv("COLUMNS");
  const std::string_view text = variable == nullptr ? "" : variable;
  std::size_t columns = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), columns);
  return failed == std::errc() && end == text.data() + text.size() ? columns : 0;
}

/// 0 where stdout is no terminal.
std::size_t columns_of_terminal() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace

void Terminal::print(std::string_view text) { fmt::print("{}", text); }

void Terminal::tell(std::string_view text) { fmt::print(stderr, "{}", text); }

void Terminal::note(std::string_view text) { fmt::print(stderr, "nputwin: {}\n", text); }

std::size_t Terminal::columns(std::size_t unknown) const {
  constexpr std::size_t kLeast = 40, kMost = 200;
  std::size_t columns = columns_of_environment();
  if (columns == 0) columns = columns_of_terminal();
  return columns == 0 ? unknown : std::clamp(columns, kLeast, kMost);
}

Callbacks Terminal::work(const std::string& verb, const std::string& units, bool can_end) {
  Callbacks callbacks;
  callbacks.progress = [shown = std::make_shared<Progress>(verb, units)](std::size_t done, std::size_t all) {
    shown->at(done, all);
  };
  if (!can_end) return callbacks;
  listen_for_interrupts();
  callbacks.stop = [] { return interrupt_seen != 0; };
  return callbacks;
}

}  // namespace nputwin::cli
