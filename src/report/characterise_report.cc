#include "report/characterise_report.h"

#include "io/json.h"
#include "report/text.h"

namespace nputwin::report {
namespace {

std::string share_of(double part, double whole) {
  return whole == 0 || part == 0 ? "0" : fmt::format("{:.4f}", 100 * part / whole);
}

}  // namespace

std::string character_text(std::span<const LayerCharacter> layers, const std::string& a, const std::string& b,
                           std::size_t samples) {
  std::string text = fmt::format("A = {}, B = {}; layers in isolation; ", a, b);
  text += samples == 0 ? "no inputs: only which sums can differ\n\n"
                       : fmt::format("{} sample{}\n\n", samples, samples == 1 ? "" : "s");
  std::size_t types = 4;
  for (const LayerCharacter& layer : layers) types = std::max(types, layer.op.size());
  constexpr const char* kRow = "{:>3} {:<{}} {:>10} {:>12} {:>11} {:>11} {:>9}  {}\n";
  text += fmt::format(fmt::runtime(kRow), "op", "type", types, "sums that", "share of all", "expected", "measured",
                      "expected/", "output");
  text += fmt::format(fmt::runtime(kRow), "", "", types, "differ", "sums, %", "%", "%", "measured", "");
  double expected = 0;
  std::int64_t measured = 0;
  for (const LayerCharacter& layer : layers) {
    if (!layer.unknown.empty()) {
      text += fmt::format("{:>3} {:<{}} {}\n", layer.node.index, layer.op, types, "- " + layer.unknown);
      continue;
    }
    std::int64_t sums = 0;
    for (const DifferingSums& c : layer.channels) sums += c.sums();
    const double elements = static_cast<double>(layer.elements), e = layer.expected_total();
    const std::int64_t m = layer.measured_total();
    expected += e;
    measured += m;
    const std::string of_inputs = samples == 0 ? "-" : share_of(e, elements);
    text += fmt::format(fmt::runtime(kRow), layer.node.index, layer.op, types, sums,
                        fmt::format("{:.4f}", 100 * layer.reachable_share()), of_inputs,
                        samples == 0 ? "-" : share_of(static_cast<double>(m), elements),
                        m == 0 ? "-" : fmt::format("{:.3f}", e / static_cast<double>(m)),
                        shortened(layer.name, kNameColumns));
  }
  if (samples > 0) text += fmt::format("\nall layers: {:.1f} expected, {} measured\n", expected, measured);
  return text;
}

std::string character_json(std::span<const LayerCharacter> layers, const std::string& a, const std::string& b,
                           std::size_t samples) {
  Json json{{"a", a}, {"b", b}, {"samples", samples}};
  auto& rows = json["layers"] = Json::array();
  for (const LayerCharacter& layer : layers) {
    Json row{{"op", layer.node.index}, {"type", layer.op}, {"name", layer.name}};
    if (!layer.unknown.empty()) {
      row["unknown"] = layer.unknown;
      rows.push_back(std::move(row));
      continue;
    }
    row["reachable_share"] = layer.reachable_share();
    if (samples > 0) {
      row["elements"] = layer.elements;
      row["expected"] = layer.expected_total(), row["measured"] = layer.measured_total();
    }
    auto& channels = row["channels"] = Json::array();
    for (std::size_t c = 0; c < layer.channels.size(); ++c) {
      const DifferingSums& sums = layer.channels[c];
      Json channel{{"multiplier", sums.multiplier},
                   {"lowest", sums.lowest},
                   {"highest", sums.highest},
                   {"differing_sums", sums.sums()}};
      auto& intervals = channel["intervals"] = Json::array();
      for (const auto& i : sums.intervals)
        intervals.push_back({{"code", i.code}, {"first", i.first}, {"count", i.count}});
      if (samples > 0) channel["expected"] = layer.expected[c], channel["measured"] = layer.measured[c];
      channels.push_back(std::move(channel));
    }
    rows.push_back(std::move(row));
  }
  return to_text(json);
}

}  // namespace nputwin::report
