#include "report/diff_json.h"

#include "report/bound_report.h"
#include "report/not_run_report.h"
#include "report/verdict_json.h"
#include "report/where.h"

namespace nputwin::report {
namespace {

Json where_json(const Where& where) {
  Json json = Json::object();
  const auto add = [&](const char* name, const std::optional<Where::Range>& range) {
    if (range) json[name] = {range->first, range->last};
  };
  add("rows", where.rows), add("columns", where.columns), add("channels", where.channels);
  if (!where.text.empty()) json["text"] = where.text;
  return json;
}

Json stats_json(const DifferenceStats& s, const LayerDiff& layer) {
  const bool codes = layer.type != DType::kFloat32;
  if (s.elements() == 0) return nullptr;
  const auto number = [](const std::optional<double>& v) { return v ? Json(*v) : Json(nullptr); };
  Json json{{"elements", s.elements()},
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
  if (const auto where = where_of(s, layer.shape)) json["where"] = where_json(*where);
  if (codes) {
    auto& histogram = json["histogram"] = Json::object();
    for (const auto& [difference, count] : s.histogram()) histogram[std::to_string(difference)] = count;
  }
  if (s.shift()) json["shift"] = *s.shift();
  if (s.first_mismatch()) json["first_element"] = *s.first_mismatch();
  return json;
}

Json counts_json(const CauseCounts& causes) {
  auto json = Json::object();
  causes.each([&](Cause cause, std::int64_t count) { json[std::string(name(cause))] = count; });
  return json;
}

}  // namespace

Json diff_object(const DiffResult& result) {
  Json json{{"model", result.model}, {"a", result.a}, {"b", result.b}, {"samples", result.samples}};
  if (!result.not_run.ops.empty()) json["not_run"] = not_run_json(result.not_run);
  std::vector<std::string> notes = result.notes;
  for (std::string& note : result.capture_notes()) notes.push_back(std::move(note));
  if (!notes.empty()) json["notes"] = notes;
  json["outputs"] = outputs_json(result);
  json["usual"] = usual_json(result);
  json["causes"] = causes_json(result);
  auto& advice = json["advice"] = Json::array();
  for (const auto& [sentence, command] : result.advice)
    advice.push_back({{"sentence", sentence}, {"command", command}});
  auto& layers = json["layers"] = Json::array();
  for (const LayerDiff& layer : result.layers) {
    layers.push_back({{"op", layer.node.index},
                      {"type", layer.op},
                      {"tensor", layer.tensor},
                      {"name", layer.name},
                      {"dtype", name(layer.type)},
                      {"shape", layer.shape},
                      {"isolated", stats_json(layer.isolated, layer)},
                      {"accumulated", stats_json(layer.accumulated, layer)},
                      {"causes", counts_json(layer.causes)}});
    if (layer.expected) layers.back()["expected_mismatches"] = *layer.expected;
    if (layer.bound) layers.back()["bound"] = bound_json(layer);
    if (layer.scale > 0) layers.back()["step"] = layer.scale;
    layers.back()["known"] = {{"a", known_json(layer.known_a)}, {"b", known_json(layer.known_b)}};
  }
  auto& swapped = json["swapped"] = Json::array();
  for (const auto& [first, second] : result.swapped()) swapped.push_back(Json::array({first, second}));
  json["first"] = result.first() ? Json(result.first()->node.index) : Json(nullptr);
  json["worst"] = result.worst() ? Json(result.worst()->node.index) : Json(nullptr);
  return json;
}

}  // namespace nputwin::report
