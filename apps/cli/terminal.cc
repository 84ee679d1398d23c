#include "terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace nputwin::cli {
namespace {

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

std::size_t output_columns(std::size_t unknown) {
  constexpr std::size_t kLeast = 40, kMost = 200;
  std::size_t columns = columns_of_environment();
  if (columns == 0) columns = columns_of_terminal();
  return columns == 0 ? unknown : std::clamp(columns, kLeast, kMost);
}

}  // namespace nputwin::cli
