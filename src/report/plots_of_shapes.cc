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
  Json x = plot_field("x", "quantitative", nullptr), y = plot_field("y", "quantitative", nullptr);
  x["title"] = y["title"] = nullptr;
  x["axis"] = y["axis"] = nullptr;
  y["scale"] = {{"reverse", true}};
  spec["facet"] = {{"field", "layer"}, {"type", "nominal"}, {"title", nullptr}, {"sort", nullptr}};
  spec["columns"] = 3;
  spec["resolve"] = {{"scale", {{"color", "independent"}}}};
  Json colour = plot_field("elements", "quantitative", "elements");
  colour["scale"] = {{"scheme", "cividis"}};
  colour["legend"] = nullptr;
  spec["spec"] = {{"width", 150},
                  {"height", 150},
                  {"mark", "rect"},
                  {"encoding",
                   {{"x", x},
                    {"x2", {{"field", "x2"}}},
                    {"y", y},
                    {"y2", {{"field", "y2"}}},
                    {"color", colour},
                    {"tooltip", Json::array({plot_field("layer", "nominal", "layer"),
                                             plot_field("elements", "quantitative", "elements that differ")})}}}};
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
  const auto place = [](const char* name) {
    Json p = plot_field(name, "quantitative", nullptr);
    p["title"] = nullptr, p["axis"] = nullptr;
    return p;
  };
  Json x = place("x"), y = place("y");
  x["scale"] = {{"domain", {-0.7, columns - 0.3}}, {"nice", false}};
  y["scale"] = {{"domain", {-0.7, std::max(lanes, 2) - 0.3}}, {"nice", false}, {"reverse", true}};
  Json colour = share_colour("percent", "accumulated values that differ, %");
  Json tooltip = Json::array({plot_field("layer", "nominal", "op"), plot_field("name", "nominal", "output"),
                              plot_field("percent", "quantitative", "accumulated, %"),
                              plot_field("isolated", "quantitative", "isolated, %")});
  spec["layer"] =
      Json::array({{{"data", {{"values", edges}}},
                    {"mark", {{"type", "line"}, {"color", "#888888"}, {"strokeWidth", 1}, {"interpolate", "monotone"}}},
                    {"encoding",
                     {{"x", x},
                      {"y", y},
                      {"detail", {{"field", "edge"}, {"type", "nominal"}}},
                      {"order", {{"field", "order"}, {"type", "quantitative"}}}}}},
                   {{"data", {{"values", nodes}}},
                    {"mark", {{"type", "square"}, {"size", 180}, {"opacity", 1}, {"color", "#bbbbbb"}}},
                    {"encoding", {{"x", x}, {"y", y}, {"tooltip", tooltip}}}},
                   {{"data", {{"values", nodes}}},
                    {"transform", Json::array({{{"filter", "datum.percent > 0"}}})},
                    {"mark", {{"type", "square"}, {"size", 180}, {"opacity", 1}}},
                    {"encoding", {{"x", x}, {"y", y}, {"color", colour}, {"tooltip", tooltip}}}}});
  return plot;
}

}  // namespace nputwin::report
