#include "io/json.h"
#include "report/page_parts.h"
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

std::string cell(std::string_view text, const std::string& sort_by = "") {
  return fmt::format("<td{}>{}</td>", sort_by.empty() ? "" : fmt::format(" data-v=\"{}\"", sort_by), markup_text(text));
}

std::string number_cell(const std::optional<double>& value, const char* format, const char* missing = "-") {
  if (!value) return cell(missing, "");
  return fmt::format("<td class=\"n\" data-v=\"{:.9g}\">{}</td>", *value, fmt::format(fmt::runtime(format), *value));
}

std::string table_rows(const DiffResult& result) {
  std::string rows;
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerDiff& layer = result.layers[i];
    const DifferenceStats& s = layer.accumulated;
    rows += fmt::format(
        "<tr data-i=\"{}\"><td class=\"n\" data-v=\"{}\"><button class=\"open\" aria-expanded=\"false\" "
        "title=\"all figures of this layer\">{}</button></td>",
        i, layer.node.index, layer.node.index);
    rows += cell(layer.op);
    rows += fmt::format("<td class=\"name\" title=\"{}\">{}</td>", markup_text(layer.name),
                        markup_text(short_name(layer.name)));
    rows += cell(to_string(layer.shape));
    rows += number_cell(isolated_percent(layer), "{:.4g}");
    rows += number_cell(expected_percent(layer), "{:.4g}");
    rows += number_cell(100 * s.mismatch_rate(), "{:.4g}");
    rows += number_cell(s.largest(), "{:.4g}");
    rows += number_cell(s.bias(), "{:.4f}");
    rows += number_cell(s.sqnr_db(), "{:.1f}");
    rows += number_cell(s.cosine(), "{:.6f}", "undefined");
    rows += number_cell(layer.has_isolated() ? std::optional(layer.isolated.trust()) : std::nullopt, "{:.2f}");
    rows += cell(causes_text(layer.causes)) + "</tr>\n";
  }
  return rows;
}

/// What the page's script shows when a row is opened.
Json details(const DiffResult& result) {
  Json layers = Json::array();
  for (const LayerDiff& layer : result.layers) {
    Json histogram = Json::array();
    for (const auto& [difference, count] : layer.accumulated.histogram()) {
      if (histogram.size() < 40 && difference != 0) histogram.push_back({difference, count});
    }
    const auto figures = [](const DifferenceStats& s) {
      Json json{{"elements", s.elements()}, {"differ", s.mismatches()},
                {"largest", s.largest()},   {"bias", s.bias()},
                {"std", s.deviation()},     {"MAE", s.mean_absolute()},
                {"RMSE", s.rms()},          {"saturated %", 100 * s.saturated()}};
      if (s.psnr_db()) json["PSNR dB"] = *s.psnr_db();
      if (s.border().elements > 0 && s.border().mismatches + s.mismatches() > 0)
        json["differ on the border"] = s.border().mismatches;
      return json;
    };
    layers.push_back({{"name", layer.name},
                      {"dtype", name(layer.type)},
                      {"isolated", layer.has_isolated() ? figures(layer.isolated) : Json::object()},
                      {"accumulated", figures(layer.accumulated)},
                      {"histogram", histogram}});
  }
  return layers;
}

void replace(std::string& text, std::string_view mark, std::string_view value) {
  const std::size_t at = text.find(mark);
  if (at != std::string::npos) text.replace(at, mark.size(), value);
}

}  // namespace

std::vector<ReportFile> html_report(const Report& report) {
  const PageParts parts = page_parts();
  std::string summary, settings, figures;
  for (const std::string& sentence : summary_of(report)) summary += fmt::format("<p>{}</p>\n", markup_text(sentence));
  for (const auto& [label, value] : settings_of(report))
    settings += fmt::format("<dt>{}</dt><dd><code>{}</code></dd>\n", markup_text(label), markup_text(value));
  Json plots = Json::object();
  for (const Plot& plot : plots_of(report)) {
    if (parts.vega.empty()) break;
    plots[plot.id] = plot.spec;
    figures += fmt::format(
        "<figure id=\"{0}\"><h2>{1}</h2><div class=\"plot\" tabindex=\"0\" role=\"group\" "
        "aria-label=\"{1}\"><div class=\"canvas\" "
        "data-plot=\"{0}\" style=\"min-height:{2}px{3}\"></div></div><figcaption>{4}</figcaption></figure>\n",
        plot.id, markup_text(plot.title), plot.height, plot.width > 0 ? fmt::format(";width:{}px", plot.width) : "",
        markup_text(plot.caption));
  }
  std::string page(parts.html);
  replace(page, "{{title}}", markup_text(fmt::format("{} compared with {}", report.result.a, report.result.b)));
  replace(page, "{{heading}}", markup_text(fmt::format("{} compared with {}", report.result.a, report.result.b)));
  replace(page, "{{style}}", parts.css);
  replace(page, "{{summary}}", summary);
  replace(page, "{{figures}}", figures);
  replace(page, "{{rows}}", table_rows(report.result));
  replace(page, "{{settings}}", settings);
  replace(page, "{{plots}}", script_json(plots));
  replace(page, "{{layers}}", script_json(details(report.result)));
  replace(page, "{{library}}", parts.vega);
  replace(page, "{{script}}", parts.js);
  return {{"", std::move(page)}};
}

}  // namespace nputwin::report
