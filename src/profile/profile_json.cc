#include "profile/profile_json.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "io/json.h"
#include "profile/parameters.h"
#include "profile/variant.h"

namespace nputwin {
namespace {

template <typename T>
Json to_json(const T& value) {
  if constexpr (kIsOptional<T>) {
    return value ? to_json(*value) : Json();
  } else if constexpr (NamedEnum<T>) {
    return name(value);
  } else if constexpr (Composite<const T>) {
    Json object = Json::object();
    each_parameter(value, [&](std::string_view key, const auto& field, Range = {}) { object[key] = to_json(field); });
    return object;
  } else {
    return value;
  }
}

std::string child(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

Error wrong(const std::string& path, std::string_view expected, const Json& got) {
  return Error{fmt::format("'{}': expected {}, got {}", path, expected, to_line(got))};
}

/// The error for a key that is none of `known`.
Status check_keys(const Json& object, const std::string& path, const std::vector<std::string_view>& known) {
  if (!object.is_object()) return wrong(path.empty() ? "the document" : path, "an object", object);
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return error("'{}' is not a field; there are: {}", child(path, key), fmt::join(known, ", "));
  }
  return {};
}

template <typename T>
Status read(const Json& json, const std::string& path, T& value, Range range = {}) {
  if constexpr (kIsOptional<T>) {
    if (json.is_null()) {
      value.reset();
      return {};
    }
    if (!value) value.emplace();
    return read(json, path, *value);
  } else if constexpr (Composite<T>) {
    std::vector<std::string_view> keys;
    each_parameter(value, [&](std::string_view key, auto&, Range = {}) { keys.push_back(key); });
    NPUTWIN_RETURN_IF_ERROR(check_keys(json, path, keys));
    Status status;
    each_parameter(value, [&](std::string_view key, auto& field, Range bounds = {}) {
      if (status && json.contains(key)) status = read(json[key], child(path, key), field, bounds);
    });
    return status;
  } else if constexpr (std::same_as<T, bool>) {
    if (!json.is_boolean()) return wrong(path, "true or false", json);
    value = json.get<bool>();
  } else if constexpr (NamedEnum<T>) {
    const auto found = json.is_string() ? find_named<T>(json.get_ref<const std::string&>()) : std::nullopt;
    if (!found) return wrong(path, fmt::format("one of {}", fmt::join(kEnumNames<T>, ", ")), json);
    value = *found;
  } else {
    if (!json.is_number_integer() || json < range.lo || json > range.hi)
      return wrong(path, fmt::format("a whole number from {} to {}", range.lo, range.hi), json);
    value = json.get<T>();
  }
  return {};
}

Status read_text(const Json& json, const std::string& path, std::string_view key, std::string& value) {
  if (!json.contains(key)) return {};
  if (!json[key].is_string()) return wrong(child(path, key), "a text", json[key]);
  value = json[key].get<std::string>();
  return {};
}

/// [{key: …, …}, …]: calls `item(object, path)` for each.
template <typename F>
Status read_list(const Json& json, std::string_view key, const std::vector<std::string_view>& keys, F&& item) {
  if (!json.contains(key)) return {};
  if (!json[key].is_array()) return wrong(std::string(key), "a list", json[key]);
  for (std::size_t i = 0; i < json[key].size(); ++i) {
    const std::string path = fmt::format("{}[{}]", key, i);
    NPUTWIN_RETURN_IF_ERROR(check_keys(json[key][i], path, keys));
    NPUTWIN_RETURN_IF_ERROR(item(json[key][i], path));
  }
  return {};
}

Status read_family(const Json& json, const std::string& path, Profile& profile) {
  Evidence e{};
  std::string family, confidence;
  NPUTWIN_RETURN_IF_ERROR(read_text(json, path, "family", family));
  NPUTWIN_RETURN_IF_ERROR(read_text(json, path, "confidence", confidence));
  NPUTWIN_RETURN_IF_ERROR(read_text(json, path, "rule", e.rule));
  NPUTWIN_RETURN_IF_ERROR(read_text(json, path, "source", e.source));
  NPUTWIN_RETURN_IF_ERROR(read(Json(family), child(path, "family"), e.family));
  NPUTWIN_RETURN_IF_ERROR(read(Json(confidence), child(path, "confidence"), e.confidence));
  profile.know(e.family, e.confidence, e.rule, e.source);
  return {};
}

Status read_delegated(const Json& json, const std::string& path, Profile& profile) {
  DelegatedOp op{};
  NPUTWIN_RETURN_IF_ERROR(read_text(json, path, "op", op.op));
  if (op.op.empty()) return error("'{}.op' is missing", path);
  for (const auto& [key, field] :
       {std::pair("float32", &op.float32), std::pair("int8", &op.int8), std::pair("uint8", &op.uint8)}) {
    if (json.contains(key)) NPUTWIN_RETURN_IF_ERROR(read(json[key], child(path, key), *field));
  }
  profile.delegated.push_back(std::move(op));
  return {};
}

Json schema_of_text(std::string_view description) { return {{"type", "string"}, {"description", description}}; }

template <typename T>
Json schema_of(const T& value, Range range = {}) {
  if constexpr (kIsOptional<T>) {
    return {{"anyOf", Json::array({schema_of(typename T::value_type{}), {{"type", "null"}}})}};
  } else if constexpr (Composite<const T>) {
    Json properties = Json::object();
    each_parameter(value, [&](std::string_view key, const auto& field, Range bounds = {}) {
      using Field = std::remove_cvref_t<decltype(field)>;
      if constexpr (Same<Field, RequantizeRule>) {
        properties[key] = {{"$ref", "#/$defs/requantize"}};
      } else {
        properties[key] = schema_of(field, bounds);
      }
    });
    return {{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
  } else if constexpr (NamedEnum<T>) {
    return {{"enum", kEnumNames<T>}};
  } else if constexpr (std::same_as<T, bool>) {
    return {{"type", "boolean"}};
  } else {
    return {{"type", "integer"}, {"minimum", range.lo}, {"maximum", range.hi}};
  }
}

Json list_schema(Json properties, const std::vector<std::string_view>& required) {
  return {{"type", "array"},
          {"items",
           {{"type", "object"},
            {"additionalProperties", false},
            {"required", required},
            {"properties", std::move(properties)}}}};
}

}  // namespace

std::string profile_to_json(const Profile& profile) {
  Json delegated = Json::array();
  for (const DelegatedOp& d : profile.delegated)
    delegated.push_back({{"op", d.op}, {"float32", d.float32}, {"int8", d.int8}, {"uint8", d.uint8}});
  Json families = Json::array();
  for (const Evidence& e : profile.evidence) {
    families.push_back(
        {{"family", name(e.family)}, {"confidence", name(e.confidence)}, {"rule", e.rule}, {"source", e.source}});
  }
  Json overrides = Json::object();
  for (const auto& [family, other] : profile.overrides) overrides[std::string(name(family))] = other;
  const Json document{{"name", profile.name},
                      {"summary", profile.summary},
                      {"parameters", to_json(profile)},
                      {"delegate", name(profile.delegate)},
                      {"delegated", std::move(delegated)},
                      {"fallback", profile.fallback},
                      {"substitutes", std::move(overrides)},
                      {"families", std::move(families)}};
  return to_text(document);
}

Result<Profile> profile_from_json(std::string_view text) {
  NPUTWIN_ASSIGN_OR_RETURN(const Json json, parse_json(text));
  NPUTWIN_RETURN_IF_ERROR(check_keys(
      json, "",
      {"name", "summary", "base", "parameters", "delegate", "delegated", "fallback", "substitutes", "families"}));
  Profile profile;
  std::string base;
  NPUTWIN_RETURN_IF_ERROR(read_text(json, "", "base", base));
  if (!base.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(profile, find_profile(base));
    count_as_statement(profile, fmt::format("as the document states from {}", base));
  }
  std::string stated_name;
  NPUTWIN_RETURN_IF_ERROR(read_text(json, "", "name", stated_name));
  if (stated_name.empty()) return error("'name' is missing");
  profile.name = stated_name;
  NPUTWIN_RETURN_IF_ERROR(read_text(json, "", "summary", profile.summary));
  NPUTWIN_RETURN_IF_ERROR(read_text(json, "", "fallback", profile.fallback));
  if (!profile.fallback.empty()) NPUTWIN_RETURN_IF_ERROR(resolve_profile(profile.fallback));
  if (json.contains("delegate")) NPUTWIN_RETURN_IF_ERROR(read(json["delegate"], "delegate", profile.delegate));
  if (profile.fallback.empty() != (profile.delegate == Delegate::kNone))
    return error("'delegate' and 'fallback' go together");
  if (json.contains("parameters")) NPUTWIN_RETURN_IF_ERROR(read(json["parameters"], "parameters", profile));
  if (json.contains("substitutes")) {
    if (!json["substitutes"].is_object()) return wrong("substitutes", "an object", json["substitutes"]);
    for (const auto& [family, other] : json["substitutes"].items()) {
      if (!other.is_string()) return wrong("substitutes." + family, "a profile's name", other);
      NPUTWIN_RETURN_IF_ERROR(set_parameter(profile, "substitute." + family, other.get_ref<const std::string&>()));
    }
  }
  if (json.contains("delegated")) profile.delegated.clear();
  NPUTWIN_RETURN_IF_ERROR(
      read_list(json, "delegated", {"op", "float32", "int8", "uint8"},
                [&](const Json& item, const std::string& path) { return read_delegated(item, path, profile); }));
  NPUTWIN_RETURN_IF_ERROR(
      read_list(json, "families", {"family", "confidence", "rule", "source"},
                [&](const Json& item, const std::string& path) { return read_family(item, path, profile); }));
  return profile;
}

std::string profile_schema() {
  const Json boolean{{"type", "boolean"}};
  const Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                    {"title", "nputwin profile"},
                    {"description", "The arithmetic of one runtime or chip. An absent field is as in the base."},
                    {"type", "object"},
                    {"additionalProperties", false},
                    {"required", {"name"}},
                    {"properties",
                     {{"name", schema_of_text("what reports call it")},
                      {"summary", schema_of_text("whose arithmetic this is")},
                      {"base", schema_of_text("the built-in profile that gives absent fields")},
                      {"parameters", schema_of(Profile{})},
                      {"delegate", schema_of(Delegate{})},
                      {"delegated", list_schema({{"op", schema_of_text("an op that XNNPACK claims, for these types")},
                                                 {"float32", boolean},
                                                 {"int8", boolean},
                                                 {"uint8", boolean}},
                                                {"op"})},
                      {"fallback", schema_of_text("the built-in profile that computes what the delegate rejects")},
                      {"substitutes",
                       {{"type", "object"},
                        {"description", "by family, a built-in profile whose rule is used where none is known"},
                        {"additionalProperties", {{"type", "string"}}}}},
                      {"families", list_schema({{"family", schema_of(Family{})},
                                                {"confidence", schema_of(Confidence{})},
                                                {"rule", schema_of_text("the rule in a few words")},
                                                {"source", schema_of_text("where it is known from")}},
                                               {"family", "confidence", "rule", "source"})}}},
                    {"$defs", {{"requantize", schema_of(RequantizeRule{})}}}};
  return to_text(schema);
}

}  // namespace nputwin
