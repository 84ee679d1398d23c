#include "api/partial_json.h"

#include <cstdlib>
#include <map>

#include "report/not_run_report.h"
#include "report/verdict_json.h"

namespace nputwin::api {
namespace {

constexpr const char* kFormat = "nputwin partial diff";
constexpr int kVersion = 2;

// What is read throws as the accessors of the JSON library do; partial_of_json turns that into an error.

[[noreturn]] void fail(const std::string& why) { throw Json::other_error::create(501, why, nullptr); }

std::string hex(double x) { return fmt::format("{:a}", x); }
double of_hex(const Json& json) {
  const auto text = json.get<std::string>();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0') fail("'" + text + "' is no number");
  return value;
}

Json written(bool x) { return x; }
Json written(std::int64_t x) { return x; }
Json written(std::uint64_t x) { return x; }
Json written(double x) { return hex(x); }
Json written(const ExactSum& x) { return x.text(); }
Json written(const std::vector<std::int64_t>& x) { return x; }
Json written(const std::vector<ExactSum>& x) {
  auto json = Json::array();
  for (const ExactSum& sum : x) json.push_back(sum.text());
  return json;
}
Json written(const DifferenceStats::Extent& x) { return {hex(x.least), hex(x.most)}; }
Json written(const DifferenceStats::Border& x) { return {x.elements, x.mismatches}; }
Json written(const std::optional<std::int64_t>& x) { return x ? Json(*x) : Json(nullptr); }
Json written(const std::map<std::int64_t, std::int64_t>& x) {
  auto json = Json::array();
  for (const auto& [difference, count] : x) json.push_back({difference, count});
  return json;
}

void read(const Json& json, bool& x) { x = json.get<bool>(); }
void read(const Json& json, std::uint64_t& x) { x = json.get<std::uint64_t>(); }
void read(const Json& json, std::int64_t& x) { x = json.get<std::int64_t>(); }
void read(const Json& json, double& x) { x = of_hex(json); }
void read(const Json& json, ExactSum& x) {
  auto sum = ExactSum::parse(json.get<std::string>());
  if (!sum) fail(sum.error().message);
  x = *sum;
}
void read(const Json& json, std::vector<std::int64_t>& x) { x = json.get<std::vector<std::int64_t>>(); }
void read(const Json& json, std::vector<ExactSum>& x) {
  for (const Json& sum : json) read(sum, x.emplace_back());
}
void read(const Json& json, DifferenceStats::Extent& x) { x = {of_hex(json.at(0)), of_hex(json.at(1))}; }
void read(const Json& json, DifferenceStats::Border& x) {
  x = {json.at(0).get<std::int64_t>(), json.at(1).get<std::int64_t>()};
}
void read(const Json& json, std::optional<std::int64_t>& x) {
  if (!json.is_null()) x = json.get<std::int64_t>();
}
void read(const Json& json, std::map<std::int64_t, std::int64_t>& x) {
  for (const Json& entry : json) x[entry.at(0).get<std::int64_t>()] = entry.at(1).get<std::int64_t>();
}

template <typename E>
E read_name(const Json& json) {
  const auto word = json.get<std::string>();
  const auto found = find_named<E>(word);
  if (!found) fail("'" + word + "' is no word that this version knows");
  return *found;
}

DType read_dtype(const Json& json) {
  const auto word = json.get<std::string>();
  for (const DTypeInfo& info : kDTypes) {
    if (info.name == word) return info.type;
  }
  fail("'" + word + "' is no element type");
}

template <typename T>
Json fields_json(const T& kept) {
  auto json = Json::object();
  T::each_field(kept, [&](const char* name, const auto& field) { json[name] = written(field); });
  return json;
}

template <typename T>
T fields_of(const Json& json) {
  T kept;
  T::each_field(kept, [&](const char* name, auto& field) { read(json.at(name), field); });
  return kept;
}

std::optional<Confidence> known_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return read_name<Confidence>(json);
}

Json layer_json(const LayerDiff& layer) {
  auto causes = Json::object();
  layer.causes.each([&](Cause cause, std::int64_t count) { causes[std::string(name(cause))] = count; });
  return {{"op", layer.node.index},
          {"type", layer.op},
          {"output", layer.output},
          {"tensor", layer.tensor},
          {"name", layer.name},
          {"dtype", name(layer.type)},
          {"shape", layer.shape},
          {"causes", std::move(causes)},
          {"scale", hex(layer.scale)},
          {"known_a", report::known_json(layer.known_a)},
          {"known_b", report::known_json(layer.known_b)},
          {"movement", fields_json(layer.movement)},
          {"isolated", fields_json(layer.isolated)},
          {"accumulated", fields_json(layer.accumulated)}};
}

LayerDiff layer_of(const Json& json) {
  LayerDiff layer;
  layer.node = json.at("op").get<std::size_t>();
  layer.op = json.at("type").get<std::string>();
  layer.output = json.at("output").get<std::size_t>();
  layer.tensor = json.at("tensor").get<int>();
  layer.name = json.at("name").get<std::string>();
  layer.type = read_dtype(json.at("dtype"));
  layer.shape = json.at("shape").get<Shape>();
  for (const auto& [cause, count] : json.at("causes").items())
    layer.causes.add(read_name<Cause>(cause), count.get<std::int64_t>());
  layer.scale = of_hex(json.at("scale"));
  layer.known_a = known_of(json.at("known_a"));
  layer.known_b = known_of(json.at("known_b"));
  layer.movement = fields_of<Movement>(json.at("movement"));
  layer.isolated = fields_of<DifferenceStats>(json.at("isolated"));
  layer.accumulated = fields_of<DifferenceStats>(json.at("accumulated"));
  return layer;
}

Json output_json(const OutputDiff& output) {
  Json json{
      {"name", output.name}, {"layer", output.layer}, {"kind", name(output.kind)}, {"known_from", output.known_from}};
  std::visit(
      [&](const auto& agreement) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(agreement)>, std::monostate>)
          json["agreement"] = fields_json(agreement);
      },
      output.agreement);
  return json;
}

OutputDiff output_of(const Json& json, std::size_t layers) {
  OutputDiff output{json.at("name").get<std::string>(),
                    json.at("layer").get<std::size_t>(),
                    read_name<OutputKind>(json.at("kind")),
                    json.at("known_from").get<std::string>(),
                    {}};
  if (output.layer >= layers) fail("an output is layer " + std::to_string(output.layer));
  output.agreement = no_agreement(output.kind);
  std::visit(
      [&](auto& agreement) {
        using T = std::decay_t<decltype(agreement)>;
        if constexpr (!std::is_same_v<T, std::monostate>) agreement = fields_of<T>(json.at("agreement"));
      },
      output.agreement);
  return output;
}

Json pair_json(const OutputPair& pair) {
  return {{"first", pair.first},
          {"second", pair.second},
          {"first_name", pair.first_name},
          {"second_name", pair.second_name},
          {"straight", pair.straight.text()},
          {"crosswise", pair.crosswise.text()}};
}

OutputPair pair_of(const Json& json) {
  OutputPair pair{json.at("first").get<int>(),
                  json.at("second").get<int>(),
                  json.at("first_name").get<std::string>(),
                  json.at("second_name").get<std::string>(),
                  {},
                  {}};
  read(json.at("straight"), pair.straight);
  read(json.at("crosswise"), pair.crosswise);
  return pair;
}

Json result_json(const DiffResult& result) {
  Json json{{"a", result.a},
            {"b", result.b},
            {"a_is_capture", result.a_is_capture},
            {"b_is_capture", result.b_is_capture},
            {"reference_profile", result.reference_profile},
            {"samples", result.samples},
            {"not_run", report::not_run_json(result.not_run)},
            {"notes", result.notes}};
  auto& layers = json["layers"] = Json::array();
  for (const LayerDiff& layer : result.layers) layers.push_back(layer_json(layer));
  auto& outputs = json["outputs"] = Json::array();
  for (const OutputDiff& output : result.outputs) outputs.push_back(output_json(output));
  auto& pairs = json["pairs"] = Json::array();
  for (const OutputPair& pair : result.pairs) pairs.push_back(pair_json(pair));
  return json;
}

DiffResult result_of(const Json& json) {
  DiffResult result;
  result.a = json.at("a").get<std::string>();
  result.b = json.at("b").get<std::string>();
  result.a_is_capture = json.at("a_is_capture").get<bool>();
  result.b_is_capture = json.at("b_is_capture").get<bool>();
  result.reference_profile = json.at("reference_profile").get<std::string>();
  result.samples = json.at("samples").get<std::size_t>();
  result.not_run = report::not_run_of_json(json.at("not_run"));
  result.notes = json.at("notes").get<std::vector<std::string>>();
  for (const Json& layer : json.at("layers")) result.layers.push_back(layer_of(layer));
  for (const Json& output : json.at("outputs")) result.outputs.push_back(output_of(output, result.layers.size()));
  for (const Json& pair : json.at("pairs")) result.pairs.push_back(pair_of(pair));
  return result;
}

void read_premises(const Json& json, Partial& partial) {
  DiffOptions& options = partial.options;
  options.model = json.at("model").get<std::string>();
  partial.model_sha256 = json.at("model_sha256").get<std::string>();
  options.a = json.at("a").get<std::string>();
  options.b = json.at("b").get<std::string>();
  partial.profile_a = json.at("profile_a").get<std::string>();
  partial.profile_b = json.at("profile_b").get<std::string>();
  for (std::string& source : json.at("inputs").get<std::vector<std::string>>())
    options.inputs.emplace_back(std::move(source));
  partial.inputs = report::inputs_of_json(json.value("input_files", Json::array()));
  options.sides.session.input_shapes = json.at("shapes").get<std::map<std::string, Shape>>();
  options.sides.session.on_cpu = json.at("on_cpu").get<std::vector<std::string>>();
  options.sides.mode = read_name<RuntimeMode>(json.at("mode"));
  options.until = json.at("until").get<std::string>();
  options.output_kinds = json.at("output_kinds").get<std::vector<std::string>>();
  partial.all = json.at("all_samples").get<std::size_t>();
}

/// The document says how many samples it is of twice; a file that somebody has edited shows there.
void read_samples(const Json& json, Partial& partial) {
  std::size_t sum = 0, next = 0;
  for (const Json& entry : json) {
    const SampleRange range{entry.at(0).get<std::size_t>(), entry.at(1).get<std::size_t>()};
    if (range.first < next || range.first >= range.last || range.last > partial.all) fail("samples out of order");
    partial.samples.push_back(range);
    sum += range.size();
    next = range.last;
  }
  if (sum != partial.result.samples) fail("the result is of another number of samples than the document lists");
}

std::vector<std::string> texts_of(const std::vector<InputArgument>& arguments) {
  std::vector<std::string> texts;
  texts.reserve(arguments.size());
  for (const InputArgument& argument : arguments) texts.push_back(argument.text);
  return texts;
}

}  // namespace

Json premises_json(const Partial& partial) {
  const DiffOptions& options = partial.options;
  return {{"model", options.model.path},
          {"model_sha256", partial.model_sha256},
          {"a", options.a},
          {"b", options.b},
          {"profile_a", partial.profile_a},
          {"profile_b", partial.profile_b},
          {"inputs", texts_of(options.inputs)},
          {"input_files", report::inputs_json(partial.inputs)},
          {"shapes", options.sides.session.input_shapes},
          {"on_cpu", options.sides.session.on_cpu},
          {"mode", name(options.sides.mode)},
          {"until", options.until},
          {"output_kinds", options.output_kinds},
          {"all_samples", partial.all}};
}

Json partial_json(const Partial& partial) {
  Json json{{"format", kFormat}, {"version", kVersion}, {"comparison", premises_json(partial)}};
  auto& samples = json["samples"] = Json::array();
  for (const SampleRange& range : partial.samples) samples.push_back({range.first, range.last});
  json["result"] = result_json(partial.result);
  return json;
}

Result<Partial> partial_of_json(const Json& json) {
  if (!json.is_object() || json.value("format", "") != kFormat)
    return error("is no partial result; `nputwin diff --partial FILE` writes one");
  if (json.value("version", 0) != kVersion)
    return error("has version {} of partial results, and this program reads version {}", json.value("version", 0),
                 kVersion);
  Partial partial;
  try {
    read_premises(json.at("comparison"), partial);
    partial.result = result_of(json.at("result"));
    partial.result.model = partial.options.model.path;
    read_samples(json.at("samples"), partial);
  } catch (const Json::exception& e) {
    return error("is damaged: {}", e.what());
  }
  return partial;
}

}  // namespace nputwin::api
