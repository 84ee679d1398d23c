#include "command/date.h"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace nputwin::command {

std::chrono::system_clock::time_point now() {
  if (const char* epoch = std::getenv("SOURCE_DATE_EPOCH"); epoch != nullptr) {  // https://reproducible-builds.org
    const std::string_view text = epoch;
    constexpr std::int64_t kMost = 253402300799;  // the last second of the year 9999
    std::int64_t seconds = -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (read.ptr == text.data() + text.size() && seconds >= 0 && seconds <= kMost)
      return std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
  }
  return std::chrono::system_clock::now();
}

}  // namespace nputwin::command
