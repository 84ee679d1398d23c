// The plot that shows where in feature maps elements differ.

#include <algorithm>

#include "io/json.h"
#include "report/plot_parts.h"

namespace nputwin::report {
namespace {

/// A layer's feature map as rectangles of at most 32 x 32 positions, those without a difference left out.
void add_map(Json& rows, const LayerDiff& layer, std::size_t row) {
  constexpr std::int32_t kSide = 32;
  const std::int32_t height = layer.shape[1], width = layer.shape[2];
  const std::int32_t down = std::min(height, kSide), across = std::min(width, kSide);
  const auto begin = [](std::int32_t i, std::int32_t parts, std::int32_t size) {
    return (i * size + parts - 1) / parts;
  };
  const double each = static_cast<double>(layer.isolated.elements()) / (static_cast<double>(height) * width);
  for (std::int32_t i = 0; i < down; ++i) {
    for (std::int32_t j = 0; j < across; ++j) {
      const std::int32_t top = begin(i, down, height), bottom = begin(i + 1, down, height);
      const std::int32_t left = begin(j, across, width), right = begin(j + 1, across, width);
      std::int64_t count = 0;
      for (std::int32_t y = top; y < bottom; ++y) {
        for (std::int32_t x = left; x < right; ++x)
          count += layer.isolated.places()[static_cast<std::size_t>(y * width + x)];
      }
      if (count == 0) continue;
      const double elements = each * (bottom - top) * (right - left);
      rows.push_back({{"row", row},
                      {"x", left},
                      {"x2", right},
                      {"y", top},
                      {"y2", bottom},
                      {"elements", count},
                      {"percent", short_number(100 * static_cast<double>(count) / elements)}});
    }
  }
}

/// The layers whose maps are shown: those that differ most in isolation.
std::vector<std::size_t> layers_with_maps(const DiffResult& result) {
  constexpr std::size_t kLayers = 6;
  std::vector<std::size_t> worst;
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    const LayerDiff& layer = result.layers[i];
    if (!layer.isolated.places().empty() && layer.isolated.mismatches() > 0 && layer.shape[1] > 1 && layer.shape[2] > 1)
      worst.push_back(i);
  }
  std::ranges::stable_sort(worst, std::ranges::greater(),
                           [&](std::size_t i) { return result.layers[i].isolated.mismatch_rate(); });
  worst.resize(std::min(worst.size(), kLayers));
  return worst;
}

}  // namespace

Plot places_plot(const DiffResult& result) {
  const std::vector<std::size_t> shown = layers_with_maps(result);
  Json rows = Json::array();
  for (const std::size_t i : shown) add_map(rows, result.layers[i], i);
  Plot plot{"places", "Where in the feature map",
            "Isolated: the share of elements that differ at each position, over all channels and samples, in the "
            "layers that differ most. All maps share one scale of colours; an empty position has no difference. "
            "A frame along the border would point to the padding.",
            plot_view("Heat maps of the positions where the worst layers differ", std::move(rows), result),
            shown.size() > 3 ? 560 : 320};
  Json& spec = plot.spec;
  spec.erase("autosize");
  spec.update(plot_part(R"({
    "facet": {"field": "layer", "type": "nominal", "title": null, "sort": null},
    "columns": 3,
    "resolve": {"scale": {"x": "independent", "y": "independent"}, "axis": {"x": "independent", "y": "independent"}},
    "spec": {
      "width": 170, "height": 170, "mark": {"type": "rect", "cursor": "pointer"},
      "encoding": {
        "x": {"field": "x", "type": "quantitative", "title": "column",
              "axis": {"tickCount": 4, "tickMinStep": 1, "format": "d", "grid": false},
              "scale": {"zero": true, "nice": false}},
        "x2": {"field": "x2"},
        "y": {"field": "y", "type": "quantitative", "title": "row",
              "axis": {"tickCount": 4, "tickMinStep": 1, "format": "d", "grid": false},
              "scale": {"zero": true, "nice": false, "reverse": true}},
        "y2": {"field": "y2"},
        "tooltip": [{"field": "layer", "type": "nominal", "title": "layer"},
                    {"field": "name", "type": "nominal", "title": "output"},
                    {"field": "y", "type": "quantitative", "title": "row"},
                    {"field": "x", "type": "quantitative", "title": "column"},
                    {"field": "elements", "type": "quantitative", "title": "elements that differ", "format": ",d"},
                    {"field": "percent", "type": "quantitative", "title": "differ, %", "format": ".4~g"}]}}})"));
  spec["spec"]["encoding"]["color"] = share_colour("percent", "elements that differ, %");
  if (shown.empty()) plot.spec = nullptr;
  return plot;
}

}  // namespace nputwin::report
