#include "report/plot_renderer.h"

#include "base/file.h"
#include "base/program.h"
#include "base/temporary_folder.h"

// The text of draw_plots.py, which CMakeLists.txt embeds.
extern "C" const char nputwin_python_draw[];

namespace nputwin {

Result<std::vector<std::string>> render_plots(std::span<const std::string> specifications, const std::string& kind,
                                              const std::string& python) {
  NPUTWIN_ASSIGN_OR_RETURN(const TemporaryFolder folder, TemporaryFolder::make());
  std::vector<std::string> arguments{python, "-c", nputwin_python_draw, kind};
  for (std::size_t i = 0; i < specifications.size(); ++i) {
    arguments.push_back(folder / fmt::format("{}", i));
    NPUTWIN_RETURN_IF_ERROR(write_file_whole(arguments.back(), specifications[i]));
  }
  const Status ran = run_program(std::move(arguments), folder / "log");
  if (!ran) return in_context("drawing plots with " + python, ran.error());
  std::vector<std::string> pictures;
  for (std::size_t i = 0; i < specifications.size(); ++i) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(folder / fmt::format("{}.{}", i, kind)));
    pictures.emplace_back(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
  }
  return pictures;
}

}  // namespace nputwin
