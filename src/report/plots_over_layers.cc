// The plots that run through the layers from left to right.

#include <algorithm>
#include <array>
#include <cmath>

#include "io/json.h"
#include "report/plot_parts.h"

namespace nputwin::report {
namespace {

/// The x axis of all plots that run through the layers.
Json layer_axis(const DiffResult& result) {
  Json x = plot_field("op", "quantitative", "op, in execution order");
  const auto last = result.layers.empty() ? 0.0 : static_cast<double>(result.layers.back().node.index);
  x["scale"] = {{"domain", {-0.5, last + 0.5}}, {"nice", false}, {"zero", false}};
  x["axis"] = plot_part(R"({"format": "d", "tickMinStep": 1, "grid": false})");
  return x;
}

/// One column of an op in a plot of rectangles.
void op_column(Json& encoding, const DiffResult& result) {
  encoding["x"] = layer_axis(result);
  encoding["x"]["field"] = "from";
  encoding["x2"]["field"] = "to";
}

void put_column(Json& row, std::size_t node) {
  row["from"] = static_cast<double>(node) - 0.5, row["to"] = static_cast<double>(node) + 0.5;
}

}  // namespace

Plot propagation_plot(const DiffResult& result) {
  double floor = 100;
  for (const LayerDiff& layer : result.layers) {
    for (const auto* s : {&layer.isolated, &layer.accumulated}) {
      if (s->mismatches() > 0) floor = std::min(floor, percent(*s));
    }
  }
  floor = std::pow(10, std::floor(std::log10(floor)) - 0.5);
  Json rows = Json::array();
  for (const LayerDiff& layer : result.layers) {
    for (const auto& [series, s] :
         {std::pair{"isolated", &layer.isolated}, std::pair{"accumulated", &layer.accumulated}}) {
      if (s->elements() == 0) continue;
      rows.push_back({{"op", layer.node.index},
                      {"layer", layer_name(layer)},
                      {"side", series},
                      {"percent", percent(*s)},
                      {"shown", std::max(percent(*s), floor)},
                      {"largest", s->largest()}});
    }
  }
  Plot plot{
      "propagation", "How the mismatch spreads",
      "The share of elements that differ, layer by layer, on a log scale. Isolated: B's layer runs on A's inputs. "
      "Accumulated: each side runs the whole model. Points at the bottom are layers without a difference.",
      plot_view("Share of elements that differ, for each op, isolated and accumulated", std::move(rows)), 360};
  Json& spec = plot.spec;
  spec.update(plot_part(R"({"height": 280, "width": "container",
                            "mark": {"type": "line", "point": {"size": 40}, "strokeWidth": 1.5}})"));
  Json y = plot_field("shown", "quantitative", "elements that differ, %");
  y["scale"] = {{"type", "log"}, {"domain", {floor, 100}}, {"nice", false}};
  Json powers = Json::array();
  // Down to the power of ten above the floor.
  for (int exponent = 2; std::pow(10, exponent) >= floor; --exponent) powers.push_back(std::pow(10, exponent));
  y["axis"] = {{"format", "~g"}, {"values", powers}};
  spec["encoding"]["x"] = layer_axis(result);
  spec["encoding"]["y"] = std::move(y);
  // The colours are Okabe and Ito's: distinct for all common kinds of colour blindness.
  spec["encoding"].update(plot_part(R"({
    "color": {"field": "side", "type": "nominal", "title": null, "legend": {"orient": "top"},
              "scale": {"domain": ["isolated", "accumulated"], "range": ["#0072B2", "#D55E00"]}},
    "shape": {"field": "side", "type": "nominal", "legend": null},
    "strokeDash": {"field": "side", "type": "nominal", "legend": null,
                   "scale": {"domain": ["isolated", "accumulated"], "range": [[4, 3], [1, 0]]}},
    "tooltip": [{"field": "layer", "type": "nominal", "title": "layer"},
                {"field": "side", "type": "nominal", "title": "compared"},
                {"field": "percent", "type": "quantitative", "title": "differ, %"},
                {"field": "largest", "type": "quantitative", "title": "largest"}]})"));
  return plot;
}

/// How far quantized values differ; the last step on either side stands for all beyond it.
Plot steps_plot(const DiffResult& result) {
  constexpr std::int64_t kMost = 8;
  Json rows = Json::array();
  for (const LayerDiff& layer : result.layers) {
    if (layer.type == DType::kFloat32) continue;
    std::map<std::int64_t, std::int64_t> counts;
    for (const auto& [difference, count] : layer.accumulated.histogram()) {
      if (difference != 0) counts[std::clamp(difference, -kMost, kMost)] += count;
    }
    for (const auto& [difference, count] : counts) {
      Json row{{"layer", layer_name(layer)},
               {"steps", difference},
               {"low", static_cast<double>(difference) - 0.5},
               {"high", static_cast<double>(difference) + 0.5},
               {"elements", count},
               {"percent", 100.0 * static_cast<double>(count) / static_cast<double>(layer.accumulated.elements())}};
      put_column(row, layer.node.index);
      rows.push_back(std::move(row));
    }
  }
  Plot plot{"steps", "How far quantized values differ",
            "Accumulated: for each layer, the share of elements at each difference B - A, in quantization steps (LSB). "
            "The outermost rows hold differences of 8 steps and more.",
            plot_view("For each op, the share of elements at each difference in quantization steps", std::move(rows)),
            370};
  Json& spec = plot.spec;
  spec.update(plot_part(R"({"height": 260, "width": "container", "mark": "rect"})"));
  Json y = plot_field("low", "quantitative", "B - A, quantization steps");
  y["scale"] = {{"domain", {-kMost - 0.5, kMost + 0.5}}, {"nice", false}};
  y["axis"] = plot_part(R"({"tickMinStep": 1, "format": "d"})");
  spec["encoding"]["y"] = std::move(y);
  spec["encoding"]["y2"]["field"] = "high";
  spec["encoding"]["color"] = share_colour("percent", "elements, %");
  spec["encoding"]["tooltip"] = plot_part(R"([
    {"field": "layer", "type": "nominal", "title": "layer"},
    {"field": "steps", "type": "quantitative", "title": "B - A"},
    {"field": "elements", "type": "quantitative", "title": "elements"},
    {"field": "percent", "type": "quantitative", "title": "%"}])");
  op_column(spec["encoding"], result);
  return plot;
}

Plot causes_plot(const DiffResult& result) {
  Json rows = Json::array();
  for (const LayerDiff& layer : result.layers) {
    double from = 0;
    layer.causes.each([&](Cause cause, std::int64_t count) {
      const double share = 100.0 * static_cast<double>(count) / static_cast<double>(layer.causes.total());
      Json row{{"layer", layer_name(layer)}, {"cause", name(cause)}, {"elements", count},
               {"percent", share},           {"low", from},          {"high", from + share}};
      put_column(row, layer.node.index);
      rows.push_back(std::move(row));
      from += share;
    });
  }
  Plot plot{"causes", "Where the two arithmetics diverge",
            "Isolated: of the elements that differ, the share of each arithmetic step at which A and B diverge.",
            plot_view("For each op, the causes of the isolated mismatches", std::move(rows)), 320};
  Json& spec = plot.spec;
  spec.update(plot_part(R"({"height": 220, "width": "container",
                            "mark": {"type": "rect", "stroke": "white", "strokeWidth": 0.3}})"));
  Json y = plot_field("low", "quantitative", "share of causes, %");
  y["scale"] = {{"domain", {0, 100}}};
  spec["encoding"]["y"] = std::move(y);
  spec["encoding"].update(plot_part(R"({
    "y2": {"field": "high"},
    "color": {"field": "cause", "type": "nominal", "title": null, "legend": {"orient": "top", "columns": 3},
              "scale": {"domain": [], "range": []}},
    "tooltip": [{"field": "layer", "type": "nominal", "title": "layer"},
                {"field": "cause", "type": "nominal", "title": "cause"},
                {"field": "elements", "type": "quantitative", "title": "elements"},
                {"field": "percent", "type": "quantitative", "title": "%"}]})"));
  // A cause has the same colour in every report; the legend lists only those that occur.
  constexpr std::array<const char*, 11> kColours{"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00",
                                                 "#CC79A7", "#999999", "#000000", "#7F3C8D", "#BBBBBB"};
  static_assert(kColours.size() >= kEnumNames<Cause>.size());
  Json& scale = spec["encoding"]["color"]["scale"];
  for (std::size_t c = 0; c < kEnumNames<Cause>.size(); ++c) {
    const bool occurs = std::any_of(result.layers.begin(), result.layers.end(),
                                    [&](const LayerDiff& l) { return l.causes[static_cast<Cause>(c)] > 0; });
    if (occurs) scale["domain"].push_back(kEnumNames<Cause>[c]), scale["range"].push_back(kColours[c]);
  }
  op_column(spec["encoding"], result);
  return plot;
}

/// Channels of all layers in bands of equal share, because layers differ in their number of channels.
Plot channels_plot(const DiffResult& result) {
  constexpr std::size_t kBands = 48;
  Json rows = Json::array();
  for (const LayerDiff& layer : result.layers) {
    const auto& counts = layer.isolated.channels();
    if (counts.empty() || layer.isolated.mismatches() == 0) continue;
    const double each = static_cast<double>(layer.isolated.elements()) / static_cast<double>(counts.size());
    const std::size_t bands = std::min(kBands, counts.size());
    for (std::size_t b = 0; b < bands; ++b) {
      const std::size_t first = b * counts.size() / bands, end = (b + 1) * counts.size() / bands;
      const auto worst = std::max_element(counts.begin() + static_cast<std::ptrdiff_t>(first),
                                          counts.begin() + static_cast<std::ptrdiff_t>(end));
      if (*worst == 0) continue;
      Json row{{"layer", layer_name(layer)},
               {"channel", worst - counts.begin()},
               {"channels", counts.size()},
               {"low", 100.0 * static_cast<double>(b) / static_cast<double>(bands)},
               {"high", 100.0 * static_cast<double>(b + 1) / static_cast<double>(bands)},
               {"percent", 100.0 * static_cast<double>(*worst) / each}};
      put_column(row, layer.node.index);
      rows.push_back(std::move(row));
    }
  }
  Plot plot{
      "channels", "Which channels differ",
      "Isolated: each layer's channels from bottom to top. Where several channels share a band, it shows the worst. "
      "A channel's scale decides how often its sums meet a step at which the two sides diverge.",
      plot_view("For each op, the share of elements that differ in each band of channels", std::move(rows)), 370};
  Json& spec = plot.spec;
  spec.update(plot_part(R"({"height": 260, "width": "container", "mark": "rect"})"));
  Json y = plot_field("low", "quantitative", "channel, % of the layer's channels");
  y["scale"] = {{"domain", {0, 100}}};
  spec["encoding"]["y"] = std::move(y);
  spec["encoding"]["y2"]["field"] = "high";
  spec["encoding"]["color"] = share_colour("percent", "elements of the channel that differ, %");
  spec["encoding"]["tooltip"] = plot_part(R"([
    {"field": "layer", "type": "nominal", "title": "layer"},
    {"field": "channel", "type": "quantitative", "title": "channel"},
    {"field": "channels", "type": "quantitative", "title": "of"},
    {"field": "percent", "type": "quantitative", "title": "differ, %"}])");
  op_column(spec["encoding"], result);
  return plot;
}

}  // namespace nputwin::report
