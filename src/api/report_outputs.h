#pragma once

#include <string>
#include <vector>

#include "report/report.h"

namespace nputwin::api {

/// A file or folder to write, and its format.
struct ReportOutput {
  std::string path;
  const report::ReportFormat* format;
};

/// The formats of outputs: what their endings ask for; `format`, unless it is empty, for the only output or for those
/// whose endings ask for none. An error where an output is named twice, and where `format` is of none.
[[nodiscard]] Result<std::vector<ReportOutput>> report_outputs(const std::vector<std::string>& paths,
                                                               const std::string& format);

/// Makes all files, then writes them. `plot_python` draws pictures.
[[nodiscard]] Status write_outputs(const std::vector<ReportOutput>& outputs, const report::Report& report,
                                   const std::string& plot_python);

}  // namespace nputwin::api
