#include "report/report.h"

#include <algorithm>
#include <filesystem>

#include "report/diff_report.h"

namespace nputwin::report {

#define NPUTWIN_REPORT_FORMAT(name, function, many, picture, description) \
  std::vector<ReportFile> function(const Report& report);
#include "report/formats.inc"
#undef NPUTWIN_REPORT_FORMAT

std::vector<ReportFile> json_report(const Report& report) { return {{"", diff_json(report.result, report)}}; }
std::vector<ReportFile> csv_report(const Report& report) { return {{"", diff_csv(report.result)}}; }

std::span<const ReportFormat> report_formats() {
  static constexpr ReportFormat kFormats[] = {
#define NPUTWIN_REPORT_FORMAT(name, function, many, picture, description) {name, description, function, many, picture},
#include "report/formats.inc"
#undef NPUTWIN_REPORT_FORMAT
  };
  return kFormats;
}

const ReportFormat* find_format(std::string_view name) {
  const auto formats = report_formats();
  const auto found = std::find_if(formats.begin(), formats.end(), [&](const auto& f) { return f.name == name; });
  return found == formats.end() ? nullptr : &*found;
}

const ReportFormat* format_of_file(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  return find_format(ending == ".md"    ? "markdown"
                     : ending == ".xml" ? "junit"
                     : ending == ".htm" ? "html"
                     : ending.empty()   ? ""
                                        : std::string_view(ending).substr(1));
}

}  // namespace nputwin::report
