#include "command/plot_python.h"

#include <filesystem>

namespace nputwin::command {

std::string default_plot_python() {
  const std::filesystem::path built = NPUTWIN_PLOT_PYTHON;
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  const bool built_here = std::filesystem::equivalent(program.parent_path(), NPUTWIN_BUILD_FOLDER, ignored);
  return built_here && std::filesystem::exists(built, ignored) ? built.string() : "python3";
}

}  // namespace nputwin::command
