#include "report/summary.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

/// Text in a table's cell.
std::string escaped(std::string text) {
  for (std::size_t i = 0; (i = text.find('|', i)) != std::string::npos; i += 2) text.insert(i, 1, '\\');
  return text;
}

std::string number(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : "-";
}

}  // namespace

std::vector<ReportFile> markdown_report(const Report& report) {
  std::string text = fmt::format("# {} compared with {}\n\n", report.result.a, report.result.b);
  for (const std::string& sentence : summary_of(report)) text += sentence + "\n\n";
  text +=
      "| op | type | output | shape | isolated % | expected % | accumulated % | largest | bias | SQNR dB | "
      "cosine | causes | where |\n"
      "|---:|---|---|---|---:|---:|---:|---:|---:|---:|---:|---|---|\n";
  for (const LayerDiff& layer : report.result.layers) {
    const DifferenceStats& s = layer.accumulated;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {:.4g} | {:.4g} | {:.4g} | {} | {} | {} | {} |\n",
                        layer.node.index, layer.op, escaped(short_name(layer.name)), to_string(layer.shape),
                        number(isolated_percent(layer), "{:.4g}"), number(expected_percent(layer), "{:.4g}"),
                        100 * s.mismatch_rate(), s.largest(), s.bias(), number(s.sqnr_db(), "{:.1f}"),
                        number(s.cosine(), "{:.6f}"), causes_text(layer.causes), where_text(layer));
  }
  text += "\n| | |\n|---|---|\n";
  for (const auto& [label, value] : settings_of(report)) text += fmt::format("| {} | `{}` |\n", label, escaped(value));
  return {{"", text}};
}

}  // namespace nputwin::report
