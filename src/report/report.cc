#include "report/report.h"

#include "report/diff_report.h"

namespace nputwin::report {

#define NPUTWIN_REPORT_FORMAT(name, function, many, picture, description) \
  std::vector<ReportFile> function(const Report& report);
#include "report/formats.inc"
#undef NPUTWIN_REPORT_FORMAT

std::vector<ReportFile> json_report(const Report& report) { return {{"", diff_json(report.result)}}; }
std::vector<ReportFile> csv_report(const Report& report) { return {{"", diff_csv(report.result)}}; }

std::span<const ReportFormat> report_formats() {
  static constexpr ReportFormat kFormats[] = {
#define NPUTWIN_REPORT_FORMAT(name, function, many, picture, description) {name, description, function, many, picture},
#include "report/formats.inc"
#undef NPUTWIN_REPORT_FORMAT
  };
  return kFormats;
}

std::vector<Failure> failures(const Report& report) {
  std::vector<Failure> failed;
  for (const LayerDiff& layer : report.result.layers) {
    for (const Condition& condition : report.fail_if) {
      if (condition.holds(layer.accumulated)) failed.push_back({&layer, condition.text()});
    }
  }
  return failed;
}

std::string failure_of(const Report& report, const LayerDiff& layer) {
  if (report.fail_if.empty()) return layer.accumulated.mismatches() > 0 ? "differs" : "";
  std::string why;
  for (const Condition& condition : report.fail_if) {
    if (condition.holds(layer.accumulated)) why += fmt::format("{}{}", why.empty() ? "" : ", ", condition.text());
  }
  return why;
}

}  // namespace nputwin::report
