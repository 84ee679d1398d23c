#include "report/diff_table.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/utf8.h"
#include "report/text.h"
#include "report/text_table.h"

namespace nputwin::report {
namespace {

constexpr std::size_t kWidestType = 20, kWidestShape = 16, kNarrowestName = 12, kLongestHistogram = 4;

/// "undefined" of NaN, `missing` of nothing.
std::string number(const std::optional<double>& value, const char* format, const char* missing) {
  if (!value) return missing;
  return std::isnan(*value) ? "undefined" : fmt::format(fmt::runtime(format), *value);
}

std::string decibel(const std::optional<double>& value) { return number(value, "{:.1f}", "-"); }
std::string cosine(const std::optional<double>& value) { return number(value, "{:.6f}", "undefined"); }

std::string largest(const LayerDiff& layer) {
  const double value = layer.accumulated.largest();
  if (layer.accumulated.nans() > 0) return "undefined";
  return layer.type == DType::kFloat32 ? fmt::format("{:.3g}", value) : fmt::format("{:.0f} LSB", value);
}

struct Column {
  std::string_view head;
  std::string (*cell)(const LayerDiff& layer);
  bool is_text = false;  // aligned to the left
};

/// In the order of their importance.
constexpr Column kColumns[] = {
    {"op", op_label},
    {"type", [](const LayerDiff& l) { return shortened(l.op, kWidestType); }, true},
    {"isolated", [](const LayerDiff& l) { return percent_text(l.isolated); }},
    {"accumulated", [](const LayerDiff& l) { return percent_text(l.accumulated); }},
    {"largest", largest},
    {"cosine", [](const LayerDiff& l) { return cosine(l.accumulated.cosine()); }},
    {"shape", [](const LayerDiff& l) { return shortened(to_string(l.shape), kWidestShape); }, true},
    {"SQNR dB", [](const LayerDiff& l) { return decibel(l.accumulated.sqnr_db()); }},
    {"bias", [](const LayerDiff& l) { return number(l.accumulated.bias(), "{:.4f}", "-"); }},
    {"output", [](const LayerDiff& l) { return l.name; }, true},
    {"LSB histogram", [](const LayerDiff& l) { return histogram_text(l.accumulated, kLongestHistogram); }, true},
};
/// How they stand side by side, by their place in kColumns.
constexpr std::size_t kOrder[] = {0, 1, 6, 2, 3, 4, 8, 7, 5, 9, 10};
constexpr std::size_t kName = 9, kHistogram = 10;

std::size_t width_of(const Column& column, const DiffResult& result) {
  std::size_t width = column.head.size();
  for (const LayerDiff& layer : result.layers) width = std::max(width, characters(column.cell(layer)));
  return width;
}

/// The width of each column, 0 of those that are left out. The name takes what the others leave.
std::vector<std::size_t> widths_of(const DiffResult& result, std::size_t columns) {
  std::vector<std::size_t> widths(std::size(kColumns));
  std::size_t used = 0;
  const auto add = [&](std::size_t c, std::size_t width) {
    if (used + width > columns && c > 4) return false;
    widths[c] = width;
    used += width + 1;
    return true;
  };
  for (std::size_t c = 0; c < kName; ++c) {
    if (!add(c, width_of(kColumns[c], result))) return widths;
  }
  const std::size_t longest = width_of(kColumns[kName], result), histogram = width_of(kColumns[kHistogram], result);
  const std::size_t rest = columns - std::min(columns, used);
  if (rest < std::min(longest, kNarrowestName)) return widths;
  const bool both = rest > std::min(longest, 3 * kNarrowestName) + histogram;
  add(kName, std::min(longest, both ? rest - histogram - 1 : rest));
  if (both) add(kHistogram, histogram);
  return widths;
}

}  // namespace

std::string percent_text(const DifferenceStats& stats) {
  if (stats.elements() == 0) return "-";
  if (stats.mismatches() == 0) return "0";
  return fmt::format("{:.3f} %", 100 * stats.mismatch_rate());
}

std::string histogram_text(const DifferenceStats& stats, std::size_t most) {
  std::vector<std::pair<std::int64_t, std::int64_t>> entries(stats.histogram().begin(), stats.histogram().end());
  std::sort(entries.begin(), entries.end(), [](const auto& x, const auto& y) {
    return std::pair(std::abs(x.first), x.first) < std::pair(std::abs(y.first), y.first);
  });
  std::string text;
  std::size_t shown = 0;
  for (const auto& [difference, count] : entries) {
    if (difference == 0) continue;
    if (shown++ == most) return text + " …";
    text += fmt::format("{}{:+}:{}", text.empty() ? "" : " ", difference, count);
  }
  return text;
}

std::string op_label(const LayerDiff& layer) {
  return layer.output == 0 ? fmt::format("{}", layer.node.index) : fmt::format("{}:{}", layer.node.index, layer.output);
}

std::string layer_table(const DiffResult& result, std::size_t columns) {
  const std::vector<std::size_t> widths = widths_of(result, columns);
  std::vector<TextTable::Column> heads;
  for (const std::size_t c : kOrder) heads.push_back({std::string(kColumns[c].head), kColumns[c].is_text, widths[c]});
  TextTable table(std::move(heads));
  for (const LayerDiff& layer : result.layers) {
    std::vector<std::string> cells;
    for (const std::size_t c : kOrder) cells.push_back(kColumns[c].cell(layer));
    table.add(std::move(cells));
  }
  return table.text();
}

}  // namespace nputwin::report
