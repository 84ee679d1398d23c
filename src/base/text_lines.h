#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"

namespace nputwin {

/// The lines of a text file, without their ends (\n or \r\n). A last line needs no end.
[[nodiscard]] inline std::vector<std::string> text_lines(Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<std::string> lines;
  for (std::size_t first = 0; first < text.size();) {
    const std::size_t end = std::min(text.find('\n', first), text.size());
    std::string_view line = text.substr(first, end - first);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    first = end + 1;
  }
  return lines;
}

}  // namespace nputwin
