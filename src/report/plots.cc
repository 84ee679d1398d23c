#include "report/plots.h"

#include <algorithm>
#include <cmath>

#include "io/json.h"
#include "report/diff_table.h"
#include "report/plot_parts.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

/// What tooltips and lines need to know of each layer.
Json layer_table(const DiffResult& result) {
  Json table = Json::array();
  const auto same_op = [&](std::size_t i, std::size_t j) {
    return j < result.layers.size() && result.layers[j].node == result.layers[i].node;
  };
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerDiff& layer = result.layers[i];
    table.push_back({{"row", i},
                     {"layer", fmt::format("op {} {}", op_label(layer), layer.op)},
                     {"name", shortened(layer.name, 60)},
                     {"unit", difference_unit(layer)},
                     {"alone", !same_op(i, i - 1) && !same_op(i, i + 1)}});
  }
  return table;
}

}  // namespace

double short_number(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double unit = std::pow(10, 5 - std::floor(std::log10(std::abs(value))));  // of six digits
  return std::round(value * unit) / unit;
}

double differing_percent(const DifferenceStats& s) { return short_number(100 * s.mismatch_rate()); }

Json layer_lookup() {
  return plot_part(R"({"lookup": "row", "from": {"data": {"name": "layers"}, "key": "row",
                                                 "fields": ["layer", "name", "unit", "alone"]}})");
}

Json plot_view(std::string description, Json data, const DiffResult& result) {
  return {{"$schema", "https://vega.github.io/schema/vega-lite/v6.json"},
          {"description", std::move(description)},
          {"datasets", {{"layers", layer_table(result)}}},
          {"data", {{"values", std::move(data)}}},
          {"transform", Json::array({layer_lookup()})},
          {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}}};
}

Json plot_part(std::string_view text) { return parse_json(text).value(); }

Json plot_field(const char* name, const char* type, const Json& title) {
  return {{"field", name}, {"type", type}, {"title", title}};
}

Json share_colour(const char* field_name, const char* title) {
  Json colour = plot_field(field_name, "quantitative", title);
  colour.update(plot_part(R"({"scale": {"type": "log", "scheme": "cividis"},
                              "legend": {"orient": "top", "gradientLength": 200, "format": "~g"}})"));
  return colour;
}

std::vector<Plot> plots_of(const Report& report) {
  std::vector<Plot> plots;
  if (report.result.layers.empty()) return plots;
  if (report.result.differs()) {
    plots.push_back(propagation_plot(report.result));
    plots.push_back(steps_plot(report.result));
    if (report.result.first_isolated() != nullptr) {
      plots.push_back(causes_plot(report.result));
      plots.push_back(channels_plot(report.result));
      plots.push_back(places_plot(report.result));
    }
  }
  plots.push_back(graph_plot(report));
  std::erase_if(plots, [](const Plot& plot) { return plot.spec.is_null(); });
  return plots;
}

std::vector<ReportFile> plots_report(const Report& report) {
  std::vector<ReportFile> files;
  for (Plot& plot : plots_of(report)) {
    // A picture has no container whose width it could take.
    if (plot.spec.contains("width") && plot.spec["width"].is_string()) plot.spec["width"] = 640;
    plot.spec["title"] = plot.title;
    plot.spec["background"] = "white";
    files.push_back({plot.id + kPlotEnding, to_text(plot.spec)});
  }
  return files;
}

}  // namespace nputwin::report
