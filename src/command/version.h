#pragma once

#include <string>

namespace nputwin::command {

/// "nputwin 0.1.0 (commit 1a2b3c4, Release, GCC 12.2, x86-64 with avx2)"
[[nodiscard]] std::string version_text();

}  // namespace nputwin::command
