// The plot of the model's graph.

#include <algorithm>
#include <optional>

#include "io/json.h"
#include "report/graph_layout.h"
#include "report/plot_parts.h"

namespace nputwin::report {
namespace {

// In pixels. The graph is cut into lines of some columns, one below the other, as text is.
constexpr int kColumn = 126, kNode = 110, kLane = 40, kNodeHeight = 28, kGap = 16;
/// Of a picture; the page takes as many as it has room for.
constexpr std::int32_t kPictureColumns = 10;

/// Half the width of a node, in columns.
constexpr double kHalf = 0.5 * kNode / kColumn;

/// The graph on one endless line: nodes, and edges in pieces that each belong to one column. Lanes deep from top to
/// bottom is each column.
struct Line {
  Json nodes = Json::array(), pieces = Json::array();
  std::vector<double> depths;

  void deepen(std::int32_t column, double lane) {
    auto& depth = depths[static_cast<std::size_t>(column)];
    depth = std::max(depth, lane);
  }
  void add_piece(std::int32_t column, double from, double to, double lane_from, double lane_to) {
    pieces.push_back({{"column", column}, {"from", from}, {"to", to}, {"lane", lane_from}, {"lane2", lane_to}});
    deepen(column, std::max(lane_from, lane_to));
  }
  /// From node to node; outside the nodes between them: the longer, the further out.
  void add_edge(const GraphLayout::Place& p, const GraphLayout::Place& q) {
    const std::int32_t over = q.column - p.column - 1;
    const double lane =
        over == 0 ? 0.5 * (p.lane + q.lane) : std::max(p.lane, q.lane) + std::min(0.4 + 0.02 * over, 0.6);
    add_piece(p.column, kHalf, 0.5, p.lane, lane);
    for (std::int32_t column = p.column + 1; column < q.column; ++column) add_piece(column, -0.5, 0.5, lane, lane);
    add_piece(q.column, -0.5, -kHalf, lane, q.lane);
  }
};

Line line_of(const Report& report) {
  const GraphLayout layout = layout_of(report.model->main());
  const auto& nodes = report.model->main().nodes;
  std::vector<std::optional<std::size_t>> rows(nodes.size());  // of an op's outputs the one that differs most
  for (std::size_t i = 0; i < report.result.layers.size(); ++i) {
    auto& row = rows[report.result.layers[i].node.index];
    if (!row || differing_percent(report.result.layers[i].accumulated) >
                    differing_percent(report.result.layers[*row].accumulated))
      row = i;
  }
  Line line;
  std::int32_t columns = 1;
  for (const auto& place : layout.places) columns = std::max(columns, place.column + 1);
  line.depths.resize(static_cast<std::size_t>(columns));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto& [column, lane] = layout.places[i];
    Json node{{"op", i}, {"type", nodes[i].op}, {"column", column}, {"lane", lane}};
    if (rows[i]) {
      const LayerDiff& layer = report.result.layers[*rows[i]];
      node["row"] = *rows[i], node["percent"] = differing_percent(layer.accumulated);
      if (layer.has_isolated()) node["isolated"] = differing_percent(layer.isolated);
    }
    line.nodes.push_back(std::move(node));
    line.deepen(column, lane);
  }
  for (const auto& [from, to] : layout.edges) line.add_edge(layout.places[from], layout.places[to]);
  return line;
}

/// Where each line of the page begins, in lanes from the top, and where the last one ends.
Json tops_of(const std::vector<double>& depths, std::int32_t columns) {
  Json tops = Json::array({0.0});
  for (std::size_t from = 0; from < depths.size(); from += static_cast<std::size_t>(columns)) {
    const auto begin = depths.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end = begin + std::min<std::ptrdiff_t>(columns, depths.end() - begin);
    tops.push_back(tops.back().get<double>() + *std::max_element(begin, end) + 1 + static_cast<double>(kGap) / kLane);
  }
  return tops;
}

/// From a column and a lane to pixels.
Json places_of_line(bool nodes) {
  Json transform = Json::array();
  const auto calculate = [&](std::string expression, const char* as) {
    transform.push_back({{"calculate", std::move(expression)}, {"as", as}});
  };
  calculate("floor(datum.column / columns)", "line");
  transform.push_back({{"filter", "datum.line >= first && datum.line < end"}});
  const auto x = [](const char* offset) {
    return fmt::format("(datum.column % columns + 0.5 + {}) * {}", offset, kColumn);
  };
  const auto y = [](const char* lane, int offset) {
    return fmt::format("(tops[datum.line] - tops[first] + {} + 0.5) * {} + {}", lane, kLane, offset);
  };
  if (nodes) {
    calculate(x(fmt::format("{}", -kHalf).c_str()), "x"), calculate(x(fmt::format("{}", kHalf).c_str()), "x2");
    calculate(y("datum.lane", -kNodeHeight / 2), "y"), calculate(y("datum.lane", kNodeHeight / 2), "y2");
    calculate("datum.x + 8", "strip"), calculate("datum.x + 12", "text"), calculate("datum.y + 8", "middle");
    calculate("[toString(datum.op), datum.type]", "label");
  } else {
    calculate(x("datum.from"), "x"), calculate(x("datum.to"), "x2");
    calculate(y("datum.lane", 0), "y"), calculate(y("datum.lane2", 0), "y2");
  }
  return transform;
}

/// The least and the largest share that is not zero, so that parts of a graph have the colours of the whole.
Json shares_of(const Json& nodes) {
  double least = 100, most = 0;
  for (const Json& node : nodes) {
    const double share = node.value("percent", 0.0);
    if (share > 0) least = std::min(least, share), most = std::max(most, share);
  }
  return least < most ? Json{least, most} : Json{least / 10, least};
}

/// Edges; the nodes' colours; their text; their frames, which are what the pointer meets.
Json marks(const Json& nodes) {
  Json layers = plot_part(R"([
    {"mark": {"type": "rule", "color": "#888888", "strokeWidth": 1.2, "strokeCap": "round"}},
    {"transform": [{"filter": "datum.percent >= 0"}], "mark": {"type": "rect", "color": "#bbbbbb"}},
    {"transform": [{"filter": "datum.percent > 0"}], "mark": {"type": "rect"}},
    {"mark": {"type": "text", "align": "left", "fontSize": 9.5, "lineHeight": 11, "limit": 96},
     "encoding": {"text": {"field": "label"}}},
    {"mark": {"type": "rect", "fill": "transparent", "stroke": "#888888", "cornerRadius": 3, "cursor": "pointer"},
     "encoding": {"tooltip": [
       {"field": "op", "type": "quantitative", "title": "op"}, {"field": "type", "type": "nominal", "title": "type"},
       {"field": "name", "type": "nominal", "title": "output"},
       {"field": "percent", "type": "quantitative", "title": "accumulated, %", "format": ".4~g"},
       {"field": "isolated", "type": "quantitative", "title": "isolated, %", "format": ".4~g"}]}}])");
  const auto place = [](Json& layer, const char* channel, const char* field) {
    layer["encoding"][channel] = {{"field", field}, {"type", "quantitative"}, {"scale", nullptr}, {"axis", nullptr}};
  };
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const bool text = i == 3, strip = i == 1 || i == 2;
    place(layers[i], "x", text ? "text" : "x"), place(layers[i], "y", text ? "middle" : "y");
    if (!text) {
      layers[i]["encoding"]["x2"]["field"] = strip ? "strip" : "x2";
      layers[i]["encoding"]["y2"]["field"] = "y2";
    }
  }
  layers[2]["encoding"]["color"] = share_colour("percent", "accumulated values that differ, %");
  layers[2]["encoding"]["color"]["scale"]["domain"] = shares_of(nodes);
  return layers;
}

}  // namespace

Plot graph_plot(const Report& report) {
  Line line = line_of(report);
  const std::int32_t columns = std::min(kPictureColumns, static_cast<std::int32_t>(line.depths.size()));
  const Json tops = tops_of(line.depths, columns);
  const auto height = static_cast<int>(tops.back().get<double>() * kLane);
  Json layers = marks(line.nodes);
  Plot plot{
      "graph", "The model",
      "Each op with its number and type; the graph runs from left to right and goes on in the next line. The "
      "strip is coloured by the share of accumulated values that differ, grey where none differs, missing where "
      "the op was not compared.",
      plot_view("The graph of the model with the mismatch of each op as colour", std::move(line.nodes), report.result),
      height + 60};
  Json& spec = plot.spec;
  spec.erase("autosize");
  spec["width"] = columns * kColumn, spec["height"] = height;
  spec["view"] = {{"stroke", nullptr}, {"fill", nullptr}};
  spec["params"] = {{{"name", "columns"}, {"value", columns}},
                    {{"name", "tops"}, {"value", tops}},
                    {{"name", "first"}, {"value", 0}},
                    {{"name", "end"}, {"value", tops.size()}}};
  for (Json& step : places_of_line(true)) spec["transform"].push_back(std::move(step));
  spec["layer"] = std::move(layers);
  spec["layer"][0]["data"]["values"] = std::move(line.pieces);
  spec["layer"][0]["transform"] = places_of_line(false);
  // What the page needs to break the lines elsewhere.
  spec["usermeta"] = {{"depths", line.depths}, {"column", kColumn}, {"lane", kLane}, {"gap", kGap}};
  return plot;
}

}  // namespace nputwin::report
