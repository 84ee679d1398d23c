#pragma once

#include <string>

namespace nputwin::command {

/// "nputwin 0.1.0 (commit 1a2b3c4, Release, GCC 12.2, x86-64 with avx2)"
[[nodiscard]] std::string version_text();

/// What it is made of, a line: the version of the installed interface, and of each library.
[[nodiscard]] std::string parts_text();

}  // namespace nputwin::command
