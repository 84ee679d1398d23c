#include "report/page_verdict.h"

#include "report/layer_labels.h"
#include "report/text.h"
#include "report/verdict.h"

namespace nputwin::report {
namespace {

std::string output_row(const OutputVerdict& verdict) {
  const std::string mark(name(verdict.mark));
  const std::string& output = verdict.output->name;
  return fmt::format(
      "<tr class=\"{}\"><td><strong>{}</strong></td><td><a href=\"#{}\" title=\"{}\">{}</a></td><td>{}</td>"
      "<td>{}</td></tr>\n",
      verdict.mark == Mark::kProvesNothing ? "unproven" : mark, mark, layer_address(*verdict.layer),
      markup_text(output), markup_text(shortened(output, 40)), markup_text(verdict.figures),
      markup_text(verdict.meaning));
}

}  // namespace

std::string verdict_section(const Report& report) {
  std::string rows;
  for (const OutputVerdict& verdict : output_verdicts(report.result)) rows += output_row(verdict);
  if (rows.empty()) return "";
  return "<section id=\"verdict\" aria-label=\"Verdict\">\n<h2>The model's outputs</h2>\n"
         "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table of outputs\"><table>\n<thead><tr>"
         "<th>verdict</th><th>output</th><th>what differs</th><th>what it means</th></tr></thead>\n"
         "<tbody>\n" +
         rows + "</tbody>\n</table></div>\n</section>";
}

}  // namespace nputwin::report
