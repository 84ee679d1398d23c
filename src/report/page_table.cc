#include "report/page_table.h"

#include <algorithm>
#include <numeric>

#include "report/diff_table.h"
#include "report/gate.h"
#include "report/text.h"
#include "report/verdict.h"

namespace nputwin::report {
namespace {

std::string cell(std::string_view text, const char* kind = "") {
  return fmt::format("<td{}>{}</td>", *kind == 0 ? "" : fmt::format(" class=\"{}\"", kind), markup_text(text));
}

/// A name that may be broken behind its separators.
std::string breakable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    result += markup_text({&c, 1});
    if (c == '_' || c == '/' || c == ';' || c == ',') result += "<wbr>";
  }
  return result;
}

/// A cell of a number; `unit` says what it is where the column's head says something else.
std::string number_cell(const std::optional<double>& value, const char* format, const char* missing = "-",
                        const std::string& unit = "") {
  if (!value) return cell(missing, "n");
  return fmt::format("<td class=\"n\" data-v=\"{:.9g}\">{}{}</td>", *value, fmt::format(fmt::runtime(format), *value),
                     unit.empty() ? "" : fmt::format(" <small>({})</small>", unit));
}

/// Nothing where the differences are in steps, as the heads say.
std::string other_unit(const LayerDiff& layer) {
  const std::string unit = difference_unit(layer);
  return unit == "steps" ? "" : unit;
}

/// `failing`: why the layer fails; empty where it passes.
std::string row(const Report& report, std::size_t i, const std::string& failing) {
  const LayerDiff& layer = report.result.layers[i];
  const DifferenceStats& s = layer.accumulated;
  std::string text = fmt::format(
      "<tr id=\"{0}\" data-i=\"{1}\"{2}><td class=\"op\" data-v=\"{1}\"><button class=\"open\" type=\"button\" "
      "aria-expanded=\"false\" aria-label=\"op {3}, all figures\">{3}</button> <a class=\"here\" href=\"#{0}\" "
      "aria-label=\"address of op {3}\">#</a>{4}</td>",
      row_address(layer), i, failing.empty() ? "" : " class=\"fails\"", op_label(layer),
      failing.empty() ? "" : fmt::format(" <strong title=\"{}\">fails</strong>", markup_text(failing)));
  text += fmt::format("<td class=\"type\">{}</td>", breakable(layer.op));
  text += fmt::format("<td class=\"name\" title=\"{0}\" aria-label=\"{0}\">{1}</td>", markup_text(layer.name),
                      breakable(shortened(layer.name, 28)));
  text += cell(causes_text(layer.causes), "causes");
  text += cell(known_text(layer), "known");
  text += number_cell(isolated_percent(layer), "{:.4g}");
  text += number_cell(expected_percent(layer), "{:.4g}");
  text += number_cell(100 * s.mismatch_rate(), "{:.4g}");
  text += number_cell(s.largest(), "{:.4g}", "-", other_unit(layer));
  text += number_cell(s.bias(), "{:.4f}", "-", other_unit(layer));
  text += number_cell(s.sqnr_db(), "{:.1f}");
  text += number_cell(s.cosine(), "{:.6f}", "undefined");
  text += number_cell(layer.has_isolated() ? std::optional(layer.isolated.trust()) : std::nullopt, "{:.2f}");
  return text + cell(to_string(layer.shape), "shape") + "</tr>\n";
}

/// Why each layer fails by the conditions that were set; empty where it passes or none was set.
std::vector<std::string> failing_texts(const Report& report) {
  const auto failed = failures(report);
  std::vector<std::string> texts;
  texts.reserve(report.result.layers.size());
  for (const LayerDiff& layer : report.result.layers)
    texts.push_back(report.fail_if.empty() ? "" : failure_of(report, failed, layer));
  return texts;
}

Json figures(const DifferenceStats& s, const std::string& unit) {
  const auto in_unit = [&](const char* figure) { return fmt::format("{}, {}", figure, unit); };
  Json json{{"elements", s.elements()},  {"differ", s.mismatches()},          {in_unit("largest"), s.largest()},
            {in_unit("bias"), s.bias()}, {in_unit("std"), s.deviation()},     {in_unit("MAE"), s.mean_absolute()},
            {in_unit("RMSE"), s.rms()},  {"saturated %", 100 * s.saturated()}};
  if (s.psnr_db()) json["PSNR dB"] = *s.psnr_db();
  if (s.border().elements > 0 && s.border().mismatches + s.mismatches() > 0)
    json["differ on the border"] = s.border().mismatches;
  return json;
}

}  // namespace

std::string row_address(const LayerDiff& layer) {
  return layer.output == 0 ? fmt::format("op-{}", layer.node.index)
                           : fmt::format("op-{}-{}", layer.node.index, layer.output);
}

std::string table_rows(const Report& report) {
  const auto& layers = report.result.layers;
  const std::vector<std::string> failing = failing_texts(report);
  std::vector<std::size_t> order(layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) {
    return std::pair(!failing[i].empty(), layers[i].accumulated.mismatch_rate());
  });
  std::string rows;
  for (const std::size_t i : order) rows += row(report, i, failing[i]);
  return rows;
}

Json table_details(const Report& report) {
  Json layers = Json::array();
  const std::vector<std::string> failing = failing_texts(report);
  for (std::size_t i = 0; i < report.result.layers.size(); ++i) {
    const LayerDiff& layer = report.result.layers[i];
    const std::string unit = difference_unit(layer);
    Json histogram = Json::array();
    for (const auto& [difference, count] : layer.accumulated.histogram()) {
      if (histogram.size() < 40 && difference != 0) histogram.push_back({difference, count});
    }
    layers.push_back({{"name", layer.name},
                      {"dtype", name(layer.type)},
                      {"unit", unit},
                      {"causes", causes_text(layer.causes)},
                      {"known", known_text(layer)},
                      {"where", where_text(layer)},
                      {"fails", failing[i]},
                      {"explain", i < report.explain_layers.size() ? report.explain_layers[i] : ""},
                      {"isolated", layer.has_isolated() ? figures(layer.isolated, unit) : Json::object()},
                      {"accumulated", figures(layer.accumulated, unit)},
                      {"histogram", histogram}});
  }
  return layers;
}

}  // namespace nputwin::report
