#include "report/plots.h"

#include <algorithm>
#include <cmath>

#include "report/graph_layout.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

using Json = nlohmann::ordered_json;

// Okabe and Ito's palette: distinct for all common kinds of colour blindness.
constexpr const char* kAlone = "#0072B2";
constexpr const char* kEndToEnd = "#D55E00";

std::string layer_name(const LayerDiff& layer) { return fmt::format("op {} {}", layer.node, layer.op); }

double percent(const DifferenceStats& s) { return 100 * s.mismatch_rate(); }

Json view(std::string description, Json data) {
  return {{"$schema", "https://vega.github.io/schema/vega-lite/v6.json"},
          {"description", std::move(description)},
          {"data", {{"values", std::move(data)}}},
          {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}}};
}

Json field(const char* name, const char* type, const Json& title) {
  return {{"field", name}, {"type", type}, {"title", title}};
}

/// Colours of a share in percent, on a log scale; cividis reads the same with and without colour vision.
Json share_colour(const char* field_name, const char* title) {
  Json colour = field(field_name, "quantitative", title);
  colour["scale"] = {{"type", "log"}, {"scheme", "cividis"}};
  colour["legend"] = {{"orient", "top"}, {"gradientLength", 200}, {"format", "~g"}};
  return colour;
}

/// The x axis of all plots that run through the layers.
Json layer_axis(const DiffResult& result) {
  Json x = field("op", "quantitative", "op, in the order in which they run");
  const auto last = result.layers.empty() ? 0.0 : static_cast<double>(result.layers.back().node);
  x["scale"] = {{"domain", {-0.5, last + 0.5}}, {"nice", false}, {"zero", false}};
  x["axis"] = {{"format", "d"}, {"tickMinStep", 1}, {"grid", false}};
  return x;
}

/// One column of an op in a plot of rectangles.
void op_column(Json& encoding, const DiffResult& result) {
  encoding["x"] = layer_axis(result);
  encoding["x"]["field"] = "from";
  encoding["x2"] = {{"field", "to"}};
}

void put_column(Json& row, std::size_t node) {
  row["from"] = static_cast<double>(node) - 0.5, row["to"] = static_cast<double>(node) + 0.5;
}

Plot propagation(const DiffResult& result) {
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
         {std::pair{"alone", &layer.isolated}, std::pair{"end to end", &layer.accumulated}}) {
      rows.push_back({{"op", layer.node},
                      {"layer", layer_name(layer)},
                      {"side", series},
                      {"percent", percent(*s)},
                      {"shown", std::max(percent(*s), floor)},
                      {"largest", s->largest()}});
    }
  }
  Plot plot{
      "propagation", "How the mismatch spreads",
      "The share of elements that differ, layer by layer, on a log scale. Alone: B's layer on A's inputs, "
      "what the layer "
      "itself does. End to end: each side on its own, what has come together. Points at the foot are layers "
      "without a difference.",
      view("Share of elements that differ, for each op, alone and end to end", std::move(rows)), 360};
  Json& spec = plot.spec;
  spec["height"] = 280, spec["width"] = "container";
  spec["mark"] = {{"type", "line"}, {"point", {{"size", 40}}}, {"strokeWidth", 1.5}};
  Json y = field("shown", "quantitative", "elements that differ, %");
  y["scale"] = {{"type", "log"}, {"domain", {floor, 100}}, {"nice", false}};
  Json powers = Json::array();
  for (double power = 100; power >= floor; power /= 10) powers.push_back(power);
  y["axis"] = {{"format", "~g"}, {"values", powers}};
  spec["encoding"] = {
      {"x", layer_axis(result)},
      {"y", y},
      {"color",
       {{"field", "side"},
        {"type", "nominal"},
        {"title", nullptr},
        {"legend", {{"orient", "top"}}},
        {"scale", {{"domain", {"alone", "end to end"}}, {"range", {kAlone, kEndToEnd}}}}}},
      {"shape", {{"field", "side"}, {"type", "nominal"}, {"legend", nullptr}}},
      {"strokeDash",
       {{"field", "side"},
        {"type", "nominal"},
        {"legend", nullptr},
        {"scale",
         {{"domain", {"alone", "end to end"}},
          {"range", Json::array({Json::array({4, 3}), Json::array({1, 0})})}}}}},
      {"tooltip", Json::array({field("layer", "nominal", "layer"), field("side", "nominal", "compared"),
                               field("percent", "quantitative", "differ, %"),
                               field("largest", "quantitative", "largest")})}};
  return plot;
}

/// How far codes differ; the last step on either side stands for all beyond it.
Plot steps(const DiffResult& result) {
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
               {"percent",
                100.0 * static_cast<double>(count) / static_cast<double>(layer.accumulated.elements())}};
      put_column(row, layer.node);
      rows.push_back(std::move(row));
    }
  }
  Plot plot{
      "steps", "How far codes differ",
      "End to end: for each layer the share of elements by their difference B - A in steps of the output "
      "code (LSB). "
      "The outermost rows hold 8 steps and more.",
      view("For each op, the share of elements at each difference in steps of the code", std::move(rows)),
      370};
  Json& spec = plot.spec;
  spec["height"] = 260, spec["width"] = "container";
  spec["mark"] = "rect";
  Json y = field("low", "quantitative", "B - A, steps of the code");
  y["scale"] = {{"domain", {-kMost - 0.5, kMost + 0.5}}, {"nice", false}};
  y["axis"] = {{"tickMinStep", 1}, {"format", "d"}};
  spec["encoding"] = {
      {"y", y},
      {"y2", {{"field", "high"}}},
      {"color", share_colour("percent", "elements, %")},
      {"tooltip",
       Json::array({field("layer", "nominal", "layer"), field("steps", "quantitative", "B - A"),
                    field("elements", "quantitative", "elements"), field("percent", "quantitative", "%")})}};
  op_column(spec["encoding"], result);
  return plot;
}

Plot causes(const DiffResult& result) {
  Json rows = Json::array();
  for (const LayerDiff& layer : result.layers) {
    double from = 0;
    layer.causes.each([&](Cause cause, std::int64_t count) {
      const double share = 100.0 * static_cast<double>(count) / static_cast<double>(layer.causes.total());
      Json row{{"layer", layer_name(layer)}, {"cause", name(cause)}, {"elements", count},
               {"percent", share},           {"low", from},          {"high", from + share}};
      put_column(row, layer.node);
      rows.push_back(std::move(row));
      from += share;
    });
  }
  Plot plot{
      "causes", "Where the two arithmetics part",
      "Of the elements that differ alone, the share of each step of the arithmetic at which A and B part.",
      view("For each op, the causes of the elements that differ alone", std::move(rows)), 320};
  Json& spec = plot.spec;
  spec["height"] = 220, spec["width"] = "container";
  spec["mark"] = {{"type", "rect"}, {"stroke", "white"}, {"strokeWidth", 0.3}};
  Json y = field("low", "quantitative", "share of causes, %");
  y["scale"] = {{"domain", {0, 100}}};
  Json domain = Json::array();
  for (const std::string_view cause : kNames<Cause>) domain.push_back(cause);
  spec["encoding"] = {
      {"y", y},
      {"y2", {{"field", "high"}}},
      {"color",
       {{"field", "cause"},
        {"type", "nominal"},
        {"title", nullptr},
        {"legend", {{"orient", "top"}, {"columns", 3}}},
        {"scale",
         {{"range",
           {"#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#999999", "#000000",
            "#7F3C8D", "#BBBBBB"}}}}}},
      {"tooltip",
       Json::array({field("layer", "nominal", "layer"), field("cause", "nominal", "cause"),
                    field("elements", "quantitative", "elements"), field("percent", "quantitative", "%")})}};
  // Every cause keeps its colour whatever else occurs; the legend lists those that do.
  Json used = Json::array(), colours = Json::array();
  const Json all = spec["encoding"]["color"]["scale"]["range"];
  for (std::size_t c = 0; c < domain.size(); ++c) {
    const bool occurs = std::any_of(result.layers.begin(), result.layers.end(),
                                    [&](const LayerDiff& l) { return l.causes[static_cast<Cause>(c)] > 0; });
    if (occurs) used.push_back(domain[c]), colours.push_back(all[c]);
  }
  spec["encoding"]["color"]["scale"] = {{"domain", used}, {"range", colours}};
  op_column(spec["encoding"], result);
  return plot;
}

/// Channels of all layers in bands of equal share, since layers have different numbers of them.
Plot channels(const DiffResult& result) {
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
      put_column(row, layer.node);
      rows.push_back(std::move(row));
    }
  }
  Plot plot{"channels", "Which channels differ",
            "Alone: for each layer its channels from bottom to top, as many as it has; of neighbours that "
            "share a band the worst. "
            "A channel's own scale decides how often it meets a step where the two part.",
            view("For each op, the share of elements that differ in each band of channels", std::move(rows)),
            370};
  Json& spec = plot.spec;
  spec["height"] = 260, spec["width"] = "container";
  spec["mark"] = "rect";
  Json y = field("low", "quantitative", "channel, % of the layer's");
  y["scale"] = {{"domain", {0, 100}}};
  spec["encoding"] = {{"y", y},
                      {"y2", {{"field", "high"}}},
                      {"color", share_colour("percent", "elements of the channel that differ, %")},
                      {"tooltip", Json::array({field("layer", "nominal", "layer"),
                                               field("channel", "quantitative", "channel"),
                                               field("channels", "quantitative", "of"),
                                               field("percent", "quantitative", "differ, %")})}};
  op_column(spec["encoding"], result);
  return plot;
}

/// The layers that differ most alone, as pictures.
Plot places(const DiffResult& result) {
  constexpr std::size_t kLayers = 6;
  constexpr std::int32_t kSide = 32;
  std::vector<const LayerDiff*> worst;
  for (const LayerDiff& layer : result.layers) {
    if (!layer.isolated.places().empty() && layer.isolated.mismatches() > 0 && layer.shape[1] > 1 &&
        layer.shape[2] > 1)
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
  Plot plot{"places", "Where in the picture",
            "Alone: how many elements differ at each place, over all channels and samples, for the layers "
            "that differ most. "
            "A frame would show that the padding takes part.",
            view("Heat maps of the places where the worst layers differ", std::move(rows)),
            worst.size() > 3 ? 390 : 200};
  Json& spec = plot.spec;
  spec.erase("autosize");
  Json x = field("x", "quantitative", nullptr), y = field("y", "quantitative", nullptr);
  x["title"] = y["title"] = nullptr;
  x["axis"] = y["axis"] = nullptr;
  y["scale"] = {{"reverse", true}};
  spec["facet"] = {{"field", "layer"}, {"type", "nominal"}, {"title", nullptr}, {"sort", nullptr}};
  spec["columns"] = 3;
  spec["resolve"] = {{"scale", {{"color", "independent"}}}};
  Json colour = field("elements", "quantitative", "elements");
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
                    {"tooltip", Json::array({field("layer", "nominal", "layer"),
                                             field("elements", "quantitative", "elements that differ")})}}}};
  if (worst.empty()) plot.spec = nullptr;
  return plot;
}

Plot graph(const Report& report) {
  const GraphLayout layout = layout_of(report.model->main());
  std::vector<const LayerDiff*> layers(report.model->main().nodes.size(), nullptr);
  for (const LayerDiff& layer : report.result.layers) {
    if (layers[layer.node] == nullptr) layers[layer.node] = &layer;
  }
  Json nodes = Json::array(), edges = Json::array();
  std::int32_t columns = 1, lanes = 1;
  for (std::size_t i = 0; i < layout.places.size(); ++i) {
    const auto& [column, lane] = layout.places[i];
    columns = std::max(columns, column + 1), lanes = std::max(lanes, lane + 1);
    Json row{
        {"layer", fmt::format("op {} {}", i, report.model->main().nodes[i].op)}, {"x", column}, {"y", lane}};
    if (layers[i] != nullptr) {
      row["name"] = short_name(layers[i]->name), row["percent"] = percent(layers[i]->accumulated);
      row["alone"] = percent(layers[i]->isolated);
    }
    nodes.push_back(std::move(row));
  }
  for (std::size_t e = 0; e < layout.edges.size(); ++e) {
    const auto &p = layout.places[layout.edges[e].first], &q = layout.places[layout.edges[e].second];
    // Past the nodes in between: the longer, the further out.
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
  Plot plot{"graph",
            "The model",
            "Each op from left to right, coloured by the share of elements that differ end to end; grey "
            "where none does.",
            view("The graph of the model with the mismatch of each op as colour", Json::array()),
            std::max(lanes, 2) * kLane + 75,
            columns * kColumn + 60};
  Json& spec = plot.spec;
  spec.erase("data");
  spec["width"] = columns * kColumn, spec["height"] = std::max(lanes, 2) * kLane;
  const auto place = [](const char* name) {
    Json p = field(name, "quantitative", nullptr);
    p["title"] = nullptr, p["axis"] = nullptr;
    return p;
  };
  Json x = place("x"), y = place("y");
  x["scale"] = {{"domain", {-0.7, columns - 0.3}}, {"nice", false}};
  y["scale"] = {{"domain", {-0.7, std::max(lanes, 2) - 0.3}}, {"nice", false}, {"reverse", true}};
  Json colour = share_colour("percent", "elements that differ end to end, %");
  Json tooltip = Json::array({field("layer", "nominal", "op"), field("name", "nominal", "output"),
                              field("percent", "quantitative", "end to end, %"),
                              field("alone", "quantitative", "alone, %")});
  spec["layer"] = Json::array(
      {{{"data", {{"values", edges}}},
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

}  // namespace

std::vector<Plot> plots_of(const Report& report) {
  std::vector<Plot> plots;
  if (report.result.layers.empty()) return plots;
  if (report.result.differs()) {
    plots.push_back(propagation(report.result));
    plots.push_back(steps(report.result));
    if (report.result.first_alone() != nullptr) {
      plots.push_back(causes(report.result));
      plots.push_back(channels(report.result));
      plots.push_back(places(report.result));
    }
  }
  plots.push_back(graph(report));
  std::erase_if(plots, [](const Plot& plot) { return plot.spec.is_null(); });
  return plots;
}

std::vector<ReportFile> plots_report(const Report& report) {
  std::vector<ReportFile> files;
  for (Plot& plot : plots_of(report)) {
    // A picture has no place whose width it could take.
    if (plot.spec.value("width", Json()) == "container") plot.spec["width"] = 640;
    plot.spec["title"] = plot.title;
    plot.spec["background"] = "white";
    files.push_back({plot.id + ".vl.json", plot.spec.dump(1) + "\n"});
  }
  return files;
}

}  // namespace nputwin::report
