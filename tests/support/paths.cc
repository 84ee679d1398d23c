#include "support/paths.h"

// The build names the two folders to this source alone, so that all others compile to the same object in any folder.

namespace nputwin {

std::string source_path(const std::string& path) { return NPUTWIN_SOURCE_DIR "/" + path; }
std::string shared_path(const std::string& path) { return NPUTWIN_SHARED_DIR "/" + path; }

}  // namespace nputwin
