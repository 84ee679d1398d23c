#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace nputwin {

/// Makes a folder and those above it, where they are not there.
[[nodiscard]] Status make_folder(const std::string& path);

/// The paths of all that a folder holds, in the order of their names: files, folders, links that lead nowhere.
[[nodiscard]] Result<std::vector<std::string>> entries_of(const std::string& folder);
/// Whether it is a regular file or a link to one. False where that cannot be told.
[[nodiscard]] bool is_file(const std::string& path);

}  // namespace nputwin
