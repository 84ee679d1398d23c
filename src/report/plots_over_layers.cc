// The plots that run through the layers from left to right.

#include <algorithm>
#include <cmath>

#include "io/json.h"
#include "report/diff_table.h"
#include "report/plot_parts.h"

namespace nputwin::report {
namespace {

/// The x axis of all plots that run through the layers: each output that is compared has its own column, named by its
/// op. The last one, the model's output, always has its number.
Json layer_axis(const DiffResult& result) {
  Json x = plot_field("row", "quantitative", "op, in execution order");
  const auto last = static_cast<std::int64_t>(result.layers.size()) - 1;
  x["scale"] = {{"domain", {-0.5, static_cast<double>(last) + 0.5}}, {"nice", false}, {"zero", false}};
  x["axis"] = plot_part(R"({"grid": false, "labelOverlap": "greedy", "labelSeparation": 4})");
  constexpr std::int64_t kTicks = 20;
  const std::int64_t step = last / kTicks + 1;
  Json& values = x["axis"]["values"] = Json::array();
  for (std::int64_t i = 0; i + step <= last; i += step) values.push_back(i);
  values.push_back(last);
  std::string labels;
  for (const LayerDiff& layer : result.layers)
    labels += fmt::format("{}'{}'", labels.empty() ? "" : ",", op_label(layer));
  x["axis"]["labelExpr"] = fmt::format("[{}][datum.value]", labels);
  return x;
}

/// Gives each layer its column in a plot of rectangles.
void use_columns(Json& spec, const DiffResult& result) {
  spec["transform"].push_back(plot_part(R"({"calculate": "datum.row - 0.5", "as": "from"})"));
  spec["transform"].push_back(plot_part(R"({"calculate": "datum.row + 0.5", "as": "to"})"));
  Json& encoding = spec["encoding"];
  encoding["x"] = layer_axis(result);
  encoding["x"]["field"] = "from";
  encoding["x2"]["field"] = "to";
}

constexpr const char* kRectangles =
    R"({"height": 260, "width": "container", "mark": {"type": "rect", "cursor": "pointer"}})";

/// The foot of a log scale: below the least share that is not zero.
double foot_of(const DiffResult& result) {
  double least = 100;
  for (const LayerDiff& layer : result.layers) {
    for (const auto* s : {&layer.isolated, &layer.accumulated}) {
      if (s->mismatches() > 0) least = std::min(least, differing_percent(*s));
    }
  }
  return std::pow(10, std::floor(std::log10(least)) - 0.5);
}

/// A log axis of shares; what does not differ stands at its foot, where it reads "none".
Json share_axis(double foot) {
  Json y = plot_field("shown", "quantitative", "elements that differ, %");
  y["scale"] = {{"type", "log"}, {"domain", {foot, 100}}, {"nice", false}};
  Json values = Json::array();
  for (int exponent = 2; std::pow(10, exponent) >= foot; --exponent) values.push_back(std::pow(10, exponent));
  values.push_back(foot);
  y["axis"] = {{"values", values},
               {"labelExpr", fmt::format("datum.value <= {} ? 'none' : format(datum.value, '~g')", foot * 1.01)}};
  return y;
}

}  // namespace

Plot propagation_plot(const DiffResult& result) {
  const double foot = foot_of(result);
  Json rows = Json::array();
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerDiff& layer = result.layers[i];
    for (const auto& [series, s] :
         {std::pair{"isolated", &layer.isolated}, std::pair{"accumulated", &layer.accumulated}}) {
      if (s->elements() == 0) continue;
      rows.push_back(
          {{"row", i}, {"side", series}, {"percent", differing_percent(*s)}, {"largest", short_number(s->largest())}});
    }
  }
  Plot plot{
      "propagation", "How the mismatch spreads",
      "The share of elements that differ, layer by layer, on a log scale. Isolated: B's layer runs on A's inputs. "
      "Accumulated: each side runs the whole model. Hollow points at the foot are layers without a difference; lines "
      "join only neighbours that differ.",
      plot_view("Share of elements that differ, for each op, isolated and accumulated", std::move(rows), result), 360};
  Json& spec = plot.spec;
  spec["height"] = 280, spec["width"] = "container";
  spec["transform"].push_back({{"calculate", fmt::format("max(datum.percent, {})", foot)}, {"as", "shown"}});
  spec["transform"].push_back(
      plot_part(R"({"calculate": "datum.percent > 0 && datum.alone ? datum.percent : null", "as": "joined"})"));
  spec["transform"].push_back(
      plot_part(R"({"calculate": "format(datum.largest, '.4~g') + ' ' + datum.unit", "as": "most"})"));
  // The colours are Okabe and Ito's: distinct for all common kinds of colour blindness.
  const Json colour = plot_part(R"({"field": "side", "type": "nominal", "title": null, "legend": {"orient": "top"},
    "scale": {"domain": ["isolated", "accumulated"], "range": ["#0072B2", "#D55E00"]}})");
  Json points = plot_part(R"({"mark": {"type": "point", "size": 45, "opacity": 1, "cursor": "pointer"},
    "encoding": {
      "shape": {"field": "side", "type": "nominal", "title": null, "legend": {"orient": "top"},
                "scale": {"domain": ["isolated", "accumulated"], "range": ["square", "circle"]}},
      "fill": {"field": "side", "type": "nominal", "title": null, "legend": {"orient": "top"},
               "scale": {"domain": ["isolated", "accumulated"], "range": ["#0072B2", "#D55E00"]}},
      "fillOpacity": {"condition": {"test": "datum.percent > 0", "value": 1}, "value": 0},
      "tooltip": [{"field": "layer", "type": "nominal", "title": "layer"},
                  {"field": "name", "type": "nominal", "title": "output"},
                  {"field": "side", "type": "nominal", "title": "compared"},
                  {"field": "percent", "type": "quantitative", "title": "differ, %", "format": ".4~g"},
                  {"field": "most", "type": "nominal", "title": "largest"}]}})");
  spec["layer"] = {plot_part(R"({"transform": [{"filter": "datum.side == 'isolated'"}],
                                 "mark": {"type": "line", "strokeWidth": 1.5, "strokeDash": [4, 3]}})"),
                   plot_part(R"({"transform": [{"filter": "datum.side == 'accumulated'"}],
                                 "mark": {"type": "line", "strokeWidth": 1.5}})"),
                   std::move(points)};
  for (Json& layer : spec["layer"]) {
    Json& encoding = layer["encoding"];
    encoding["x"] = layer_axis(result), encoding["y"] = share_axis(foot), encoding["color"] = colour;
    if (layer.contains("transform")) {
      layer["mark"]["invalid"] = "break-paths-show-path-domains";
      encoding["y"]["field"] = "joined";
    }
  }
  return plot;
}

/// How far quantized values differ; the last step on either side stands for all beyond it.
Plot steps_plot(const DiffResult& result) {
  constexpr std::int64_t kMost = 8;
  Json rows = Json::array();
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerDiff& layer = result.layers[i];
    if (layer.type == DType::kFloat32) continue;
    std::map<std::int64_t, std::int64_t> counts;
    for (const auto& [difference, count] : layer.accumulated.histogram()) {
      if (difference != 0) counts[std::clamp(difference, -kMost, kMost)] += count;
    }
    for (const auto& [difference, count] : counts)
      rows.push_back({{"row", i},
                      {"steps", difference},
                      {"elements", count},
                      {"percent", short_number(100.0 * static_cast<double>(count) /
                                               static_cast<double>(layer.accumulated.elements()))}});
  }
  Plot plot{
      "steps", "How far quantized values differ",
      "Accumulated: for each layer, the share of elements at each difference B - A, in quantization steps (LSB). "
      "The outermost rows hold differences of 8 steps and more.",
      plot_view("For each op, the share of elements at each difference in quantization steps", std::move(rows), result),
      370};
  Json& spec = plot.spec;
  spec.update(plot_part(kRectangles));
  spec["transform"].push_back(plot_part(R"({"calculate": "datum.steps - 0.5", "as": "low"})"));
  spec["transform"].push_back(plot_part(R"({"calculate": "datum.steps + 0.5", "as": "high"})"));
  Json y = plot_field("low", "quantitative", "B - A, quantization steps");
  y["scale"] = {{"domain", {-kMost - 0.5, kMost + 0.5}}, {"nice", false}};
  y["axis"] = plot_part(R"({"tickMinStep": 1, "format": "d"})");
  spec["encoding"]["y"] = std::move(y);
  spec["encoding"]["y2"]["field"] = "high";
  spec["encoding"]["color"] = share_colour("percent", "elements, %");
  spec["encoding"]["tooltip"] = plot_part(R"([
    {"field": "layer", "type": "nominal", "title": "layer"},
    {"field": "name", "type": "nominal", "title": "output"},
    {"field": "steps", "type": "quantitative", "title": "B - A, steps", "format": "+d"},
    {"field": "elements", "type": "quantitative", "title": "elements", "format": ",d"},
    {"field": "percent", "type": "quantitative", "title": "elements, %", "format": ".4~g"}])");
  use_columns(spec, result);
  return plot;
}

Plot causes_plot(const DiffResult& result) {
  Json rows = Json::array();
  std::int64_t most = 10;
  const CauseCounts all = result.causes();
  const auto label = [&](Cause cause) { return fmt::format("{} ({})", name(cause), all[cause]); };
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const CauseCounts& causes = result.layers[i].causes;
    causes.each([&](Cause cause, std::int64_t count) {
      most = std::max(most, count);
      rows.push_back(
          {{"row", i},
           {"cause", label(cause)},
           {"elements", count},
           {"percent", short_number(100.0 * static_cast<double>(count) / static_cast<double>(causes.total()))}});
    });
  }
  Json order = Json::array();
  all.each([&](Cause cause, std::int64_t) { order.push_back(label(cause)); });
  const int height = 30 * static_cast<int>(order.size());
  Plot plot{"causes", "Where the two arithmetics diverge",
            "Isolated: how many elements of each layer differ by each cause, the step of the arithmetic at which A and "
            "B diverge. The colour is a count on a log scale; the number beside a cause is its sum over all layers.",
            plot_view("For each op, how many elements differ in isolation by each cause", std::move(rows), result),
            height + 110};
  Json& spec = plot.spec;
  spec.update(plot_part(kRectangles));
  spec["height"] = height;
  spec["encoding"]["y"] = plot_field("cause", "nominal", nullptr);
  spec["encoding"]["y"]["sort"] = std::move(order);
  spec["encoding"]["y"]["axis"] = plot_part(R"({"labelLimit": 240, "grid": true, "tickBand": "extent"})");
  spec["encoding"].update(plot_part(R"({
    "color": {"field": "elements", "type": "quantitative", "title": "elements that differ",
              "scale": {"type": "log", "scheme": "cividis"},
              "legend": {"orient": "top", "gradientLength": 200, "format": ",~g"}},
    "tooltip": [{"field": "layer", "type": "nominal", "title": "layer"},
                {"field": "name", "type": "nominal", "title": "output"},
                {"field": "cause", "type": "nominal", "title": "cause, in all layers"},
                {"field": "elements", "type": "quantitative", "title": "elements", "format": ",d"},
                {"field": "percent", "type": "quantitative", "title": "of the layer's mismatches, %",
                 "format": ".4~g"}]})"));
  spec["encoding"]["color"]["scale"]["domain"] = {1, most};
  use_columns(spec, result);
  return plot;
}

/// Channels of all layers in bands of equal share, because layers differ in their number of channels.
Plot channels_plot(const DiffResult& result) {
  constexpr std::size_t kBands = 48;
  Json rows = Json::array();
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerDiff& layer = result.layers[i];
    const auto& counts = layer.isolated.channels();
    if (counts.empty() || layer.isolated.mismatches() == 0) continue;
    const double each = static_cast<double>(layer.isolated.elements()) / static_cast<double>(counts.size());
    const std::size_t bands = std::min(kBands, counts.size());
    for (std::size_t b = 0; b < bands; ++b) {
      const std::size_t first = b * counts.size() / bands, end = (b + 1) * counts.size() / bands;
      const auto worst = std::max_element(counts.begin() + static_cast<std::ptrdiff_t>(first),
                                          counts.begin() + static_cast<std::ptrdiff_t>(end));
      if (*worst == 0) continue;
      rows.push_back({{"row", i},
                      {"channel", worst - counts.begin()},
                      {"channels", counts.size()},
                      {"low", short_number(100.0 * static_cast<double>(b) / static_cast<double>(bands))},
                      {"high", short_number(100.0 * static_cast<double>(b + 1) / static_cast<double>(bands))},
                      {"percent", short_number(100.0 * static_cast<double>(*worst) / each)}});
    }
  }
  Plot plot{
      "channels", "Which channels differ",
      "Isolated: each layer's channels from bottom to top. Where several channels share a band, it shows the worst. "
      "A channel's scale decides how often its sums meet a step at which the two sides diverge.",
      plot_view("For each op, the share of elements that differ in each band of channels", std::move(rows), result),
      370};
  Json& spec = plot.spec;
  spec.update(plot_part(kRectangles));
  Json y = plot_field("low", "quantitative", "channel, % of the layer's channels");
  y["scale"] = {{"domain", {0, 100}}};
  spec["encoding"]["y"] = std::move(y);
  spec["encoding"]["y2"]["field"] = "high";
  spec["encoding"]["color"] = share_colour("percent", "elements of the channel that differ, %");
  spec["encoding"]["tooltip"] = plot_part(R"([
    {"field": "layer", "type": "nominal", "title": "layer"},
    {"field": "name", "type": "nominal", "title": "output"},
    {"field": "channel", "type": "quantitative", "title": "channel"},
    {"field": "channels", "type": "quantitative", "title": "of"},
    {"field": "percent", "type": "quantitative", "title": "differ, %", "format": ".4~g"}])");
  use_columns(spec, result);
  return plot;
}

}  // namespace nputwin::report
