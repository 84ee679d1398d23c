#include "date.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <string_view>

namespace nputwin::cli {

std::string today() {
  using std::chrono::sys_seconds;
  auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH"); epoch != nullptr) {  // https://reproducible-builds.org
    const std::string_view text = epoch;
    constexpr std::int64_t kMost = 253402300799;  // the last second of the year 9999
    std::int64_t seconds = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ptr == text.data() + text.size() && seconds >= 0 && seconds <= kMost)
      now = sys_seconds(std::chrono::seconds(seconds));
  }
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(now));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

}  // namespace nputwin::cli
