#include "interaction.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "report/text.h"

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

/// What stands between single quotes, shortened where it is long. An apostrophe inside a word is none.
std::string with_short_names(const std::string& text) {
  constexpr std::size_t kNameColumns = 80;
  const auto is_word = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0);
  };
  std::string result;
  std::size_t told = 0;
  for (std::size_t open = 0; (open = text.find('\'', open)) != std::string::npos; ++open) {
    if (open > 0 && is_word(open - 1)) continue;
    std::size_t close = text.find('\'', open + 1);
    while (close != std::string::npos && is_word(close + 1)) close = text.find('\'', close + 1);
    if (close == std::string::npos) break;
    result += text.substr(told, open + 1 - told);
    result += report::shortened(text.substr(open + 1, close - open - 1), kNameColumns);
    told = close;
    open = close;
  }
  return result + text.substr(told);
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

std::string as_called(const Program& program, std::string text) {
  constexpr std::string_view kCommand = "`nputwin ";
  for (std::size_t at = 0; (at = text.find(kCommand, at)) != std::string::npos; at += program.command.size())
    text.replace(at + 1, kCommand.size() - 2, program.command);
  return text;
}

std::string as_told(const Program& program, const std::string& text) {
  return with_short_names(as_called(program, text));
}

void note(const Program& program, const std::string& text) {
  if (!program.quiet) fmt::print(stderr, "nputwin: {}\n", as_told(program, text));
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
