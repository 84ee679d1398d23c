#include <fmt/chrono.h>

#include <filesystem>

#include "io/json.h"
#include "report/gate.h"
#include "report/page_parts.h"
#include "report/page_table.h"
#include "report/page_verdict.h"
#include "report/plots.h"
#include "report/summary.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

/// JSON inside a script element: "<" could end or open one.
std::string script_json(const Json& json) {
  std::string text = to_line(json);
  for (std::size_t i = 0; (i = text.find('<', i)) != std::string::npos;) text.replace(i, 1, "\\u003c");
  return text;
}

void replace(std::string& text, std::string_view mark, std::string_view value) {
  const std::size_t at = text.find(mark);
  if (at != std::string::npos) text.replace(at, mark.size(), value);
}

std::string model_name(const Report& report) { return std::filesystem::path(report.result.model).filename().string(); }

/// "tflite-2.9.1-arm64 against vip-v8"
std::string sides_text(const Report& report) { return fmt::format("{} against {}", report.result.a, report.result.b); }

/// "2026-11-29, nputwin 0.9.0"
std::string made_text(const Report& report) {
  const auto seconds = std::chrono::system_clock::to_time_t(report.when);
  const std::string date = seconds == 0 ? "" : fmt::format("{:%Y-%m-%d}, ", fmt::gmtime(seconds));
  return fmt::format("{}nputwin {}", date, report.version);
}

/// "passed" or "failed" by the conditions that were set; empty where there are none.
std::string outcome_text(const Report& report) {
  if (report.fail_if.empty()) return "";
  return failures(report).empty() ? "passed" : "failed";
}

std::string title_text(const Report& report) {
  const std::string outcome = outcome_text(report);
  return fmt::format("{}{}: {}, {}", outcome.empty() ? "" : outcome + ": ", model_name(report), sides_text(report),
                     made_text(report));
}

std::string outcome(const Report& report) {
  const std::string text = outcome_text(report);
  return text.empty() ? "" : fmt::format("<p class=\"outcome {0}\">{0}</p>", text);
}

std::string figure(const Plot& plot) {
  return fmt::format(
      "<figure id=\"{0}\"><h2>{1}</h2><div class=\"plot\" tabindex=\"0\" role=\"group\" aria-label=\"{1}\"><div "
      "class=\"canvas\" data-plot=\"{0}\" style=\"min-height:{2}px\"></div></div>\n"
      "<figcaption>{3}</figcaption></figure>\n",
      plot.id, markup_text(plot.title), plot.height, markup_text(plot.caption));
}

std::string settings(const Report& report) {
  std::string text;
  for (const auto& [label, value] : settings_of(report))
    text += fmt::format("<dt>{}</dt><dd><code>{}</code></dd>\n", markup_text(label), markup_text(value));
  return text;
}

/// The commands to go on with.
std::string next_commands(const Report& report) {
  std::string text;
  const auto add = [&](const char* what, const std::string& command) {
    if (!command.empty())
      text += fmt::format("<div class=\"next\">{} <code>{}</code></div>\n", what, markup_text(command));
  };
  for (const Advice& advice : report.result.advice) add("Compare with the nearest CPU build:", advice.command);
  add("Explain one element:", report.explain);
  return text;
}

}  // namespace

std::vector<ReportFile> html_report(const Report& report) {
  const PageParts parts = page_parts();
  std::string summary, figures;
  for (const std::string& sentence : summary_of(report)) summary += fmt::format("<p>{}</p>\n", markup_text(sentence));
  Json plots = Json::object();
  for (const Plot& plot : plots_of(report)) {
    if (parts.vega.empty()) break;
    plots[plot.id] = plot.spec;
    figures += figure(plot);
  }
  std::string page(parts.html);
  replace(page, "{{title}}", markup_text(title_text(report)));
  replace(page, "{{style}}", parts.css);
  replace(page, "{{model}}", markup_text(model_name(report)));
  replace(page, "{{made}}", markup_text(sides_text(report) + ", " + made_text(report)));
  replace(page, "{{outcome}}", outcome(report));
  replace(page, "{{verdict}}", verdict_section(report));
  replace(page, "{{summary}}", summary + next_commands(report));
  replace(page, "{{figures}}", figures);
  replace(page, "{{rows}}", table_rows(report));
  replace(page, "{{settings}}", settings(report));
  replace(page, "{{plots}}", script_json(plots));
  replace(page, "{{layers}}", script_json(table_details(report)));
  replace(page, "{{library}}", parts.vega);
  replace(page, "{{script}}", parts.js);
  return {{"", std::move(page)}};
}

}  // namespace nputwin::report
