#pragma once

#include <cstddef>
#include <string>

namespace nputwin {

/// The words of a text in lines of at most `columns`, each with a line end. The first line follows `begun`, the others
/// are indented by `indent`. A word is never broken.
[[nodiscard]] std::string in_lines(const std::string& text, std::size_t columns, std::size_t indent,
                                   std::string begun = "");

}  // namespace nputwin
