#include "report/diff_json.h"

namespace nputwin::report {
namespace {

nlohmann::ordered_json stats_json(const DifferenceStats& s, bool codes) {
  if (s.elements() == 0) return nullptr;
  const auto number = [](const std::optional<double>& v) {
    return v ? nlohmann::ordered_json(*v) : nlohmann::ordered_json(nullptr);
  };
  nlohmann::ordered_json json{{"elements", s.elements()},
                              {"mismatches", s.mismatches()},
                              {"mismatch_percent", 100 * s.mismatch_rate()},
                              {"largest", s.largest()},
                              {"bias", s.bias()},
                              {"std", s.deviation()},
                              {"mae", s.mean_absolute()},
                              {"rmse", s.rms()},
                              {"sqnr_db", number(s.sqnr_db())},
                              {"psnr_db", number(s.psnr_db())},
                              {"cosine", number(s.cosine())},
                              {"saturated_percent", 100 * s.saturated()},
                              {"trust", s.trust()},
                              {"channel_mismatches", s.channels()}};
  if (s.border().elements > 0)
    json["border"] = {{"elements", s.border().elements}, {"mismatches", s.border().mismatches}};
  if (codes) {
    auto& histogram = json["histogram"] = nlohmann::ordered_json::object();
    for (const auto& [difference, count] : s.histogram()) histogram[std::to_string(difference)] = count;
  }
  if (s.shift()) json["shift"] = *s.shift();
  if (s.first_mismatch()) json["first_element"] = *s.first_mismatch();
  return json;
}

nlohmann::ordered_json causes_json(const CauseCounts& causes) {
  auto json = nlohmann::ordered_json::object();
  causes.each([&](Cause cause, std::int64_t count) { json[std::string(name(cause))] = count; });
  return json;
}

}  // namespace

nlohmann::ordered_json diff_object(const DiffResult& result) {
  nlohmann::ordered_json json{{"model", result.model}, {"a", result.a}, {"b", result.b}, {"samples", result.samples}};
  auto& layers = json["layers"] = nlohmann::ordered_json::array();
  for (const LayerDiff& layer : result.layers) {
    const bool codes = layer.type != DType::kFloat32;
    layers.push_back({{"op", layer.node},
                      {"type", layer.op},
                      {"tensor", layer.tensor},
                      {"name", layer.name},
                      {"dtype", name(layer.type)},
                      {"shape", layer.shape},
                      {"isolated", stats_json(layer.isolated, codes)},
                      {"accumulated", stats_json(layer.accumulated, codes)},
                      {"causes", causes_json(layer.causes)}});
    if (layer.expected) layers.back()["expected_mismatches"] = *layer.expected;
  }
  auto& swapped = json["swapped"] = nlohmann::ordered_json::array();
  for (const auto& [first, second] : result.swapped())
    swapped.push_back(nlohmann::ordered_json::array({first, second}));
  json["first"] = result.first() ? nlohmann::ordered_json(result.first()->node) : nlohmann::ordered_json(nullptr);
  json["worst"] = result.worst() ? nlohmann::ordered_json(result.worst()->node) : nlohmann::ordered_json(nullptr);
  return json;
}

}  // namespace nputwin::report
