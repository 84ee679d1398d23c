// The plots that show where elements differ: in a layer's feature map, in the graph.

#include <algorithm>

#include "io/json.h"
#include "report/graph_layout.h"
#include "report/plot_parts.h"
#include "report/text.h"

namespace nputwin::report {

/// The layers that differ most in isolation, as heat maps.
Plot places_plot(const DiffResult& result) {
  constexpr std::size_t kLayers = 6;
  constexpr std::int32_t kSide = 32;
  std::vector<const LayerDiff*> worst;
  for (const LayerDiff& layer : result.layers) {
    if (!layer.isolated.places().empty() && layer.isolated.mismatches() > 0 && layer.shape[1] > 1 && layer.shape[2] > 1)
      worst.push_back(&layer);
  }
  std::stable_sort(worst.begin(), worst.end(), [](const LayerDiff* x, const LayerDiff* y) {
    return x->isolated.mismatch_rate() > y->isolated.mismatch_rate();
  });
  worst.resize(std::min(worst.size(), kLayers));
  Json rows = Json::array();
  for (const LayerDiff* layer : worst) {
    const std::int32_t height = layer->shape[1], width = layer->shape[2];
    const std::int32_t down = std::min(height, kSide), across = std::min(width, kSide);
    std::vector<std::int64_t> counts(static_cast<std::size_t>(down) * static_cast<std::size_t>(across));
    for (std::int32_t y = 0; y < height; ++y) {
      for (std::int32_t x = 0; x < width; ++x) {
        counts[static_cast<std::size_t>(y * down / height * across + x * across / width)] +=
            layer->isolated.places()[static_cast<std::size_t>(y * width + x)];
      }
    }
    for (std::int32_t y = 0; y < down; ++y) {
      for (std::int32_t x = 0; x < across; ++x) {
        rows.push_back({{"layer", fmt::format("{} {}x{}", layer_name(*layer), height, width)},
                        {"x", static_cast<double>(x) / across},
                        {"x2", (x + 1.0) / across},
                        {"y", static_cast<double>(y) / down},
                        {"y2", (y + 1.0) / down},
                        {"elements", counts[static_cast<std::size_t>(y * across + x)]}});
      }
    }
  }
  Plot plot{
      "places", "Where in the feature map",
      "Isolated: how many elements differ at each position, over all channels and samples, in the layers that differ "
      "most. A frame along the border would point to the padding.",
      plot_view("Heat maps of the positions where the worst layers differ", std::move(rows)),
      worst.size() > 3 ? 390 : 200};
  Json& spec = plot.spec;
  spec.erase("autosize");
  spec.update(plot_part(R"({
    "facet": {"field": "layer", "type": "nominal", "title": null, "sort": null},
    "columns": 3,
    "resolve": {"scale": {"color": "independent"}},
    "spec": {
      "width": 150, "height": 150, "mark": "rect",
      "encoding": {
        "x": {"field": "x", "type": "quantitative", "title": null, "axis": null},
        "x2": {"field": "x2"},
        "y": {"field": "y", "type": "quantitative", "title": null, "axis": null, "scale": {"reverse": true}},
        "y2": {"field": "y2"},
        "color": {"field": "elements", "type": "quantitative", "title": "elements", "scale": {"scheme": "cividis"},
                  "legend": null},
        "tooltip": [{"field": "layer", "type": "nominal", "title": "layer"},
                    {"field": "elements", "type": "quantitative", "title": "elements that differ"}]}}})"));
  if (worst.empty()) plot.spec = nullptr;
  return plot;
}

Plot graph_plot(const Report& report) {
  const GraphLayout layout = layout_of(report.model->main());
  std::vector<const LayerDiff*> layers(report.model->main().nodes.size(), nullptr);
  for (const LayerDiff& layer : report.result.layers) {
    if (layers[layer.node.index] == nullptr) layers[layer.node.index] = &layer;
  }
  Json nodes = Json::array(), edges = Json::array();
  std::int32_t columns = 1, lanes = 1;
  for (std::size_t i = 0; i < layout.places.size(); ++i) {
    const auto& [column, lane] = layout.places[i];
    columns = std::max(columns, column + 1);
    lanes = std::max(lanes, lane + 1);
    Json row{{"layer", fmt::format("op {} {}", i, report.model->main().nodes[i].op)}, {"x", column}, {"y", lane}};
    if (layers[i] != nullptr) {
      row["name"] = short_name(layers[i]->name), row["percent"] = percent(layers[i]->accumulated);
      row["isolated"] = percent(layers[i]->isolated);
    }
    nodes.push_back(std::move(row));
  }
  for (std::size_t e = 0; e < layout.edges.size(); ++e) {
    const auto &p = layout.places[layout.edges[e].first], &q = layout.places[layout.edges[e].second];
    // An edge passes outside the nodes between its ends: the longer, the further out.
    const std::int32_t over = q.column - p.column - 1;
    const double bend = over == 0 ? 0 : std::min(0.4 + 0.05 * over, 0.9);
    const auto point = [&](int order, double x, double y) {
      edges.push_back({{"edge", e}, {"order", order}, {"x", x}, {"y", y}});
    };
    point(0, p.column, p.lane);
    if (bend > 0) {
      const double y = std::max(p.lane, q.lane) + bend;
      point(1, p.column + 0.5, y), point(2, q.column - 0.5, y);
    }
    point(3, q.column, q.lane);
  }
  constexpr int kColumn = 22, kLane = 26;
  Plot plot{
      "graph",
      "The model",
      "Each op from left to right, coloured by the share of accumulated values that differ; grey where none differs.",
      plot_view("The graph of the model with the mismatch of each op as colour", Json::array()),
      std::max(lanes, 2) * kLane + 75,
      columns * kColumn + 60};
  Json& spec = plot.spec;
  spec.erase("data");
  spec["width"] = columns * kColumn, spec["height"] = std::max(lanes, 2) * kLane;
  Json x = plot_part(R"({"field": "x", "type": "quantitative", "title": null, "axis": null,
                         "scale": {"domain": [-0.7], "nice": false}})");
  Json y = plot_part(R"({"field": "y", "type": "quantitative", "title": null, "axis": null,
                         "scale": {"domain": [-0.7], "nice": false, "reverse": true}})");
  x["scale"]["domain"].push_back(columns - 0.3);
  y["scale"]["domain"].push_back(std::max(lanes, 2) - 0.3);
  const Json tooltip = plot_part(R"([{"field": "layer", "type": "nominal", "title": "op"},
                                     {"field": "name", "type": "nominal", "title": "output"},
                                     {"field": "percent", "type": "quantitative", "title": "accumulated, %"},
                                     {"field": "isolated", "type": "quantitative", "title": "isolated, %"}])");
  // Edges; all nodes in grey; over them, in colour, those that differ.
  spec["layer"] = plot_part(R"([
    {"data": {}, "mark": {"type": "line", "color": "#888888", "strokeWidth": 1, "interpolate": "monotone"},
     "encoding": {"x": null, "y": null, "detail": {"field": "edge", "type": "nominal"},
                  "order": {"field": "order", "type": "quantitative"}}},
    {"data": {}, "mark": {"type": "square", "size": 180, "opacity": 1, "color": "#bbbbbb"},
     "encoding": {"x": null, "y": null}},
    {"data": {}, "transform": [{"filter": "datum.percent > 0"}], "mark": {"type": "square", "size": 180, "opacity": 1},
     "encoding": {"x": null, "y": null}}])");
  for (Json& layer : spec["layer"]) layer["encoding"]["x"] = x, layer["encoding"]["y"] = y;
  spec["layer"][2]["encoding"]["color"] = share_colour("percent", "accumulated values that differ, %");
  spec["layer"][0]["data"]["values"] = std::move(edges);
  for (const int layer : {1, 2}) {
    spec["layer"][layer]["encoding"]["tooltip"] = tooltip;
    spec["layer"][layer]["data"]["values"] = nodes;
  }
  return plot;
}

}  // namespace nputwin::report
