#include "report/diff_report.h"

#include <algorithm>
#include <cstdlib>

#include "report/diff_json.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

std::string share_text(const DifferenceStats& s) {
  if (s.elements() == 0) return "-";
  if (s.mismatches() == 0) return "0";
  return fmt::format("{:.3f} %", 100 * s.mismatch_rate());
}

std::string decibel(const std::optional<double>& value) { return value ? fmt::format("{:.1f}", *value) : "-"; }
std::string cosine(const std::optional<double>& value) { return value ? fmt::format("{:.6f}", *value) : "undefined"; }

/// "-1:12 +1:30 -2:1": the differences that occur, each with its count, small ones first; a longer list ends in "…".
std::string histogram_text(const DifferenceStats& s, std::size_t most) {
  std::vector<std::pair<std::int64_t, std::int64_t>> entries(s.histogram().begin(), s.histogram().end());
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

std::string largest(const LayerDiff& layer, const DifferenceStats& s) {
  return layer.type == DType::kFloat32 ? fmt::format("{:.3g}", s.largest()) : fmt::format("{:.0f}", s.largest());
}

std::string place(const LayerDiff& layer) {
  std::string text = fmt::format("op {} {} '{}': accumulated {} of {} elements differ ({})", layer.node.index, layer.op,
                                 short_name(layer.name), layer.accumulated.mismatches(), layer.accumulated.elements(),
                                 share_text(layer.accumulated));
  if (layer.has_isolated()) text += fmt::format(", isolated {}", share_text(layer.isolated));
  return text;
}

std::string stats_csv(const DifferenceStats& s) {
  if (s.elements() == 0) return std::string(12, ',');
  const auto number = [](const std::optional<double>& v) { return v ? fmt::format("{:.9g}", *v) : std::string(); };
  return fmt::format("{},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{:.9g},{},{},{},{:.9g},{:.9g},{}", s.mismatches(),
                     100 * s.mismatch_rate(), s.largest(), s.bias(), s.deviation(), s.mean_absolute(), s.rms(),
                     number(s.sqnr_db()), number(s.psnr_db()), number(s.cosine()), 100 * s.saturated(), s.trust(),
                     histogram_text(s, SIZE_MAX));
}

/// The causes of all isolated mismatches of a run, each with the op that has most of them.
std::string causes_table(const DiffResult& result) {
  const CauseCounts all = result.causes();
  if (all.total() == 0) return "";
  std::string text = fmt::format("causes of the {} elements that differ in isolation:\n", all.total());
  all.each([&](Cause cause, std::int64_t count) {
    const auto most =
        std::max_element(result.layers.begin(), result.layers.end(),
                         [&](const LayerDiff& x, const LayerDiff& y) { return x.causes[cause] < y.causes[cause]; });
    text += fmt::format("  {:<18} {:>10} {:>7.3f}%  most in {}\n", name(cause), count,
                        100.0 * static_cast<double>(count) / static_cast<double>(all.total()),
                        fmt::format("op {} {}", most->node.index, most->op));
  });
  return text;
}

/// In which part of a tensor differences lie, where they lie in one.
std::string places_text(const DiffResult& result) {
  constexpr int kMost = 8;
  std::string text;
  int told = 0;
  for (const LayerDiff& layer : result.layers) {
    const std::string where = where_text(layer);
    if (where.empty()) continue;
    if (++told <= kMost) text += fmt::format("where: op {} {}: {}\n", layer.node.index, layer.op, where);
  }
  if (told > kMost) text += fmt::format("where: {} layers more, see --format json\n", told - kMost);
  return text;
}

/// What may be wrong with a capture: names, zero points.
std::string mistakes_text(const DiffResult& result) {
  std::string text;
  for (const auto& [first, second] : result.swapped())
    text += fmt::format("swapped: '{}' and '{}': each is nearer to the other's values than to its own\n",
                        short_name(first), short_name(second));
  for (const LayerDiff& layer : result.layers) {
    if (const auto shift = layer.accumulated.shift())
      text += fmt::format("shifted: op {} {} is {:+} everywhere in B, as if by another zero point\n", layer.node.index,
                          layer.op, *shift);
  }
  return text;
}

}  // namespace

std::string diff_text(const DiffResult& result) {
  std::string text = fmt::format("{}\nA = {}, B = {}; differences are B - A; {} sample{}\n\n", result.model, result.a,
                                 result.b, result.samples, result.samples == 1 ? "" : "s");
  std::size_t types = 4, shapes = 5;  // as wide as the widest entry
  for (const LayerDiff& layer : result.layers) {
    types = std::max(types, layer.op.size());
    shapes = std::max(shapes, to_string(layer.shape).size());
  }
  constexpr const char* kRow = "{:>3} {:<{}} {:<{}} {:>8} {:>11} {:>7} {:>7} {:>7} {:>9}  {}\n";
  text += fmt::format(fmt::runtime(kRow), "op", "type", types, "shape", shapes, "isolated", "accumulated", "largest",
                      "bias", "SQNR dB", "cosine", "LSB histogram");
  for (const LayerDiff& layer : result.layers) {
    const DifferenceStats& s = layer.accumulated;
    std::string row =
        fmt::format(fmt::runtime(kRow), layer.node.index, layer.op, types, to_string(layer.shape), shapes,
                    share_text(layer.isolated), share_text(s), largest(layer, s), fmt::format("{:.4f}", s.bias()),
                    decibel(s.sqnr_db()), cosine(s.cosine()), histogram_text(s, 4));
    row.erase(row.find_last_not_of(" \n") + 1);
    text += row + "\n";
  }
  text += '\n';
  if (const LayerDiff* first = result.first()) {
    text += fmt::format("first: {}\nworst: {}\n", place(*first), place(*result.worst()));
  } else {
    text += fmt::format("no difference in {} layers\n", result.layers.size());
  }
  text += places_text(result) + mistakes_text(result) + causes_table(result);
  std::string blind;
  for (const LayerDiff& layer : result.layers) {
    if (layer.proves_nothing()) blind += fmt::format(" {}", layer.node.index);
  }
  if (!blind.empty())
    text += fmt::format("equality proves nothing where A's output is constant or saturated: op{}\n", blind);
  return text;
}

std::string diff_json(const DiffResult& result, const Provenance& provenance) {
  Json json = provenance_json(provenance);
  json.update(diff_object(result));
  return to_text(json);
}

std::string diff_csv(const DiffResult& result) {
  std::string text = "op,type,tensor,name,dtype,shape,elements";
  for (const char* side : {"isolated", "accumulated"}) {
    for (const char* column : {"mismatches", "mismatch_percent", "largest", "bias", "std", "mae", "rmse", "sqnr_db",
                               "psnr_db", "cosine", "saturated_percent", "trust", "histogram"}) {
      text += fmt::format(",{}_{}", side, column);
    }
  }
  text += ",causes\n";
  for (const LayerDiff& layer : result.layers) {
    text += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", layer.node.index, layer.op, layer.tensor,
                        csv_field(layer.name), name(layer.type), csv_field(to_string(layer.shape)),
                        layer.accumulated.elements(), stats_csv(layer.isolated), stats_csv(layer.accumulated),
                        csv_field(causes_text(layer.causes, ":", " ")));
  }
  return text;
}

}  // namespace nputwin::report
