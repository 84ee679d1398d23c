#include "report/diff_table.h"
#include "report/summary.h"
#include "report/text.h"
#include "report/verdict.h"

namespace nputwin::report {
namespace {

/// Text in a table's cell.
std::string escaped(std::string text) {
  for (std::size_t i = 0; (i = text.find('|', i)) != std::string::npos; i += 2) text.insert(i, 1, '\\');
  return text;
}

std::string outputs_table(const DiffResult& result) {
  if (result.outputs.empty()) return "";
  std::string text = "| output of the model | | what differs | what it means |\n|---|---|---|---|\n";
  for (const OutputVerdict& verdict : output_verdicts(result))
    text += fmt::format("| {} | {} | {} | {} |\n", escaped(verdict.output->name), name(verdict.mark),
                        escaped(verdict.figures), escaped(verdict.meaning));
  return text + "\n";
}

std::string number(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : "-";
}

}  // namespace

std::vector<ReportFile> markdown_report(const Report& report) {
  std::string text = fmt::format("# {} compared with {}\n\n", report.result.a, report.result.b);
  text += outputs_table(report.result);
  for (const std::string& sentence : summary_of(report)) text += sentence + "\n\n";
  text +=
      "| op | type | output | shape | isolated % | expected % | accumulated % | largest | bias | SQNR dB | "
      "cosine | causes | rules known, A / B | where |\n"
      "|---:|---|---|---|---:|---:|---:|---:|---:|---:|---:|---|---|---|\n";
  for (const LayerDiff& layer : report.result.layers) {
    const DifferenceStats& s = layer.accumulated;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {:.4g} | {} | {:.4g} | {} | {} | {} | {} | {} |\n",
                        op_label(layer), layer.op, escaped(shortened(layer.name, 40)), to_string(layer.shape),
                        number(isolated_percent(layer), "{:.4g}"), number(expected_percent(layer), "{:.4g}"),
                        100 * s.mismatch_rate(), difference_text(layer, s.largest()), s.bias(),
                        number(s.sqnr_db(), "{:.1f}"), number(s.cosine(), "{:.6f}"), causes_text(layer.causes),
                        known_text(layer), where_text(layer));
  }
  text += "\n| | |\n|---|---|\n";
  for (const auto& [label, value] : settings_of(report)) text += fmt::format("| {} | `{}` |\n", label, escaped(value));
  return {{"", text}};
}

}  // namespace nputwin::report
