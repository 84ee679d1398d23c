#pragma once

#include <string>

namespace nputwin {

/// A file of this repository, by its path from the root.
[[nodiscard]] std::string source_path(const std::string& path);

/// A file of the folder with corpus, golden hashes and board logs.
[[nodiscard]] std::string shared_path(const std::string& path);

}  // namespace nputwin
