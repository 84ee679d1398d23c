#include "base/folder.h"

#include <filesystem>

namespace nputwin {

Status make_folder(const std::string& path) {
  if (path == "-") return error("-: is stdout, which takes one file; expected a folder");
  std::error_code failed;
  std::filesystem::create_directories(path, failed);
  if (failed) return error("{}: {}", path, failed.message());
  return {};
}

}  // namespace nputwin
