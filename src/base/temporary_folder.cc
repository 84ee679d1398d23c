#include "base/temporary_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace nputwin {

Result<TemporaryFolder> TemporaryFolder::make() {
  std::error_code failure;
  std::string name = (std::filesystem::temp_directory_path(failure) / "nputwin-XXXXXX").string();
  if (failure || ::mkdtemp(name.data()) == nullptr)
    return error("cannot make a folder for temporary files: {}", std::strerror(errno));
  return TemporaryFolder(std::move(name));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace nputwin
