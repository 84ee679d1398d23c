#include "report/page_verdict.h"

#include "report/layer_labels.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

const char* mark_of(const OutputDiff& output, const LayerDiff& layer) {
  if (layer.accumulated.mismatches() > 0) return "differs";
  return output.is_constant() ? "proves nothing" : "same";
}

std::string output_row(const OutputDiff& output, const LayerDiff& layer) {
  const DifferenceStats& s = layer.accumulated;
  const std::string mark = mark_of(output, layer);
  const auto cosine = s.cosine();
  return fmt::format(
      "<tr class=\"{}\"><td><strong>{}</strong></td><td><a href=\"#{}\" title=\"{}\">{}</a></td><td>{}</td><td "
      "class=\"n\">{:.4g} %</td><td class=\"n\">{:.4g} {}</td><td class=\"n\">{}</td></tr>\n",
      mark == "proves nothing" ? "unproven" : mark, mark, layer_address(layer), markup_text(output.name),
      markup_text(shortened(output.name, 40)), name(output.kind), 100 * s.mismatch_rate(), s.largest(),
      difference_unit(layer), cosine ? fmt::format("{:.6f}", *cosine) : "undefined");
}

}  // namespace

std::string verdict_section(const Report& report) {
  std::string rows;
  for (const OutputDiff& output : report.result.outputs) rows += output_row(output, report.result.layers[output.layer]);
  if (rows.empty()) return "";
  return "<section id=\"verdict\" aria-label=\"Verdict\">\n<h2>The model's outputs</h2>\n"
         "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table of outputs\"><table>\n<thead><tr>"
         "<th>verdict</th><th>output</th><th>kind</th><th>differ</th><th>largest</th><th>cosine</th></tr></thead>\n"
         "<tbody>\n" +
         rows + "</tbody>\n</table></div>\n</section>";
}

}  // namespace nputwin::report
