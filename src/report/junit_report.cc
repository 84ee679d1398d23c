#include "report/report.h"
#include "report/text.h"

namespace nputwin::report {

/// A suite with a case for each layer output. A case fails where a condition of --fail-if holds; without conditions,
/// where the accumulated values differ.
std::vector<ReportFile> junit_report(const Report& report) {
  std::string cases;
  std::size_t count = 0;
  for (const LayerDiff& layer : report.result.layers) {
    const std::string why = failure_of(report, layer);
    cases += fmt::format("  <testcase classname=\"{}\" name=\"op {} {} {}\"", markup_text(report.result.model),
                         layer.node.index, markup_text(layer.op), markup_text(layer.name));
    if (why.empty()) {
      cases += "/>\n";
      continue;
    }
    ++count;
    cases += fmt::format(
        ">\n    <failure message=\"{}\">accumulated {} of {} elements differ ({:.4g} %){}; largest "
        "{:.4g}</failure>\n"
        "  </testcase>\n",
        markup_text(why), layer.accumulated.mismatches(), layer.accumulated.elements(),
        100 * layer.accumulated.mismatch_rate(),
        layer.has_isolated() ? fmt::format(", isolated {}", layer.isolated.mismatches()) : "",
        layer.accumulated.largest());
  }
  return {{"", fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"nputwin {} against "
                           "{}\" tests=\"{}\" "
                           "failures=\"{}\">\n{}</testsuite>\n",
                           markup_text(report.result.a), markup_text(report.result.b), report.result.layers.size(),
                           count, cases)}};
}

}  // namespace nputwin::report
