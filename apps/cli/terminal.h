#pragma once

#include <cstddef>

namespace nputwin::cli {

/// How many columns stdout has, 40 to 200: the variable COLUMNS, else the terminal's width, else `unknown`.
[[nodiscard]] std::size_t output_columns(std::size_t unknown = 120);

}  // namespace nputwin::cli
