#include "io/json.h"
#include "report/report.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

/// Node data of one figure, keyed by op index as Model Explorer numbers a .tflite's nodes; an op's first output speaks
/// for it.
template <typename Value>
ReportFile figure(const Report& report, const char* file, const char* title, Value value) {
  Json results = Json::object();
  for (const LayerDiff& layer : report.result.layers) {
    const std::optional<double> v = value(layer);
    if (v && layer.output == 0) results[std::to_string(layer.node.index)] = {{"value", *v}};
  }
  // Not green to red, which many people cannot tell apart; the tool's black text stays readable on these blues.
  const Json json{
      {"name", title},
      {"results", results},
      {"gradient", Json::array({{{"stop", 0}, {"bgColor", "#f7fbff"}}, {{"stop", 1}, {"bgColor", "#6baed6"}}})}};
  return {file, to_text(json)};
}

}  // namespace

std::vector<ReportFile> model_explorer_report(const Report& report) {
  return {
      figure(report, "mismatch_end_to_end.json", "accumulated mismatch, %",
             [](const LayerDiff& l) { return std::optional(100 * l.accumulated.mismatch_rate()); }),
      figure(report, "mismatch_alone.json", "isolated mismatch, %", isolated_percent),
      figure(report, "largest.json", "largest accumulated difference",
             [](const LayerDiff& l) { return std::optional(l.accumulated.largest()); }),
      figure(report, "sqnr.json", "accumulated SQNR, dB", [](const LayerDiff& l) { return l.accumulated.sqnr_db(); }),
      figure(report, "cosine.json", "accumulated cosine", [](const LayerDiff& l) { return l.accumulated.cosine(); })};
}

}  // namespace nputwin::report
