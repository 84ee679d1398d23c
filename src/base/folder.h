#pragma once

#include <string>

#include "base/result.h"

namespace nputwin {

/// Makes a folder and those above it, where they are not there.
[[nodiscard]] Status make_folder(const std::string& path);

}  // namespace nputwin
