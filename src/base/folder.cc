#include "base/folder.h"

#include <algorithm>
#include <filesystem>

namespace nputwin {

Status make_folder(const std::string& path) {
  if (path == "-") return error("-: is stdout, which takes one file; expected a folder");
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return error("{}: {}", path, failed.message());
  return {};
}

Result<std::vector<std::string>> entries_of(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code failed;
  // By hand: a range-for over it throws where the folder can no longer be read.
  for (std::filesystem::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
    paths.push_back(at->path().string());
  if (failed) return error("{}: {}", folder, failed.message());
  std::ranges::sort(paths);
  return paths;
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

}  // namespace nputwin
