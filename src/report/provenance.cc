#include "report/provenance.h"

namespace nputwin::report {

Json inputs_json(const std::vector<InputSource>& inputs) {
  Json json = Json::array();
  for (const InputSource& input : inputs) {
    Json entry{{"source", input.source}};
    if (!input.sha256.empty()) entry["sha256"] = input.sha256;
    if (!input.settings.empty()) entry["settings"] = input.settings;
    json.push_back(std::move(entry));
  }
  return json;
}

std::vector<InputSource> inputs_of_json(const Json& json) {
  std::vector<InputSource> inputs;
  for (const Json& entry : json)
    inputs.push_back({entry.at("source").get<std::string>(), entry.value("sha256", std::string()),
                      entry.value("settings", std::string())});
  return inputs;
}

Json options_json(const Provenance& provenance) {
  return {{"shapes", provenance.shapes},
          {"on_cpu", provenance.on_cpu},
          {"mode", provenance.mode},
          {"until", provenance.until}};
}

Json provenance_json(const Provenance& provenance) {
  Json json{{"schema_version", kSchemaVersion}, {"nputwin", provenance.version}};
  if (!provenance.command.empty()) json["command"] = provenance.command;
  json["model_sha256"] = provenance.model_sha256;
  if (!provenance.profile_a.empty()) json["profile_a_sha256"] = provenance.profile_a;
  if (!provenance.profile_b.empty()) json["profile_b_sha256"] = provenance.profile_b;
  json["inputs"] = inputs_json(provenance.inputs);
  json["options"] = options_json(provenance);
  auto& ranges = json["sample_ranges"] = Json::array();
  for (const auto& [first, last] : provenance.samples) ranges.push_back({first, last});
  return json;
}

}  // namespace nputwin::report
