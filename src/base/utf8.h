#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace nputwin {

/// Whether a UTF-8 character begins with this byte.
[[nodiscard]] constexpr bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

/// How many UTF-8 characters a text has, which is how many columns it takes but in scripts with wide characters.
[[nodiscard]] inline std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, begins_character));
}

}  // namespace nputwin
