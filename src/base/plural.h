#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>
#include <string_view>

namespace nputwin {

/// "1 layer", "2 layers": a number of what `word` names.
[[nodiscard]] std::string counted(std::integral auto number, std::string_view word) {
  return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

}  // namespace nputwin
