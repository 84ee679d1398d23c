#include "plot_python.h"

#include <filesystem>

namespace nputwin::cli {

std::string default_plot_python() {
  const std::string built = NPUTWIN_PLOT_PYTHON;
  std::error_code ignored;
  return !built.empty() && std::filesystem::exists(built, ignored) ? built : "python3";
}

}  // namespace nputwin::cli
