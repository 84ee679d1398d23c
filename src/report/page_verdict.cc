#include "report/page_verdict.h"

#include "report/page_table.h"
#include "report/text.h"
#include "report/verdict.h"

namespace nputwin::report {
namespace {

std::string row(const OutputVerdict& verdict) {
  const char* kind = verdict.mark == Mark::kSame ? "same" : verdict.mark == Mark::kDiffers ? "differs" : "unproven";
  const OutputDiff& output = *verdict.output;
  return fmt::format(
      "<tr class=\"{}\"><td><strong>{}</strong></td><td class=\"name\" title=\"{}\"><a href=\"#{}\">{}</a></td>"
      "<td title=\"{}\">{}</td><td>{}</td><td>{}</td></tr>\n",
      kind, name(verdict.mark), markup_text(output.name), row_address(*verdict.layer),
      markup_text(shortened(output.name, 40)),
      output.known_from.empty() ? "" : "known from " + markup_text(output.known_from), name(output.kind),
      markup_text(verdict.figures), markup_text(verdict.meaning));
}

}  // namespace

std::string verdict_section(const Report& report) {
  std::string rows;
  for (const OutputVerdict& verdict : output_verdicts(report.result)) rows += row(verdict);
  if (rows.empty()) return "";
  return "<section id=\"verdict\" aria-label=\"Verdict\">\n<h2>The model's outputs</h2>\n"
         "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table of outputs\"><table>\n<thead><tr>"
         "<th>verdict</th><th>output</th><th>kind</th><th>what differs</th><th>what it means</th></tr></thead>\n"
         "<tbody>\n" +
         rows + "</tbody>\n</table></div>\n</section>";
}

}  // namespace nputwin::report
