#include "profile/profile_json.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "profile/variant.h"

namespace nputwin::profile_json_test {
namespace {

TEST(ProfileJson, EveryProfileComesBackAsItWas) {
  for (const Profile& p : builtin_profiles()) {
    const std::string text = profile_to_json(p);
    const auto back = profile_from_json(text);
    ASSERT_TRUE(back) << p.name << ": " << back.error().message;
    EXPECT_EQ(parameter_values(*back), parameter_values(p)) << p.name;
    EXPECT_EQ(profile_to_json(*back), text) << p.name;
  }
}

TEST(ProfileJson, SaysOnlyWhatIsUnlikeItsBase) {
  const auto p = profile_from_json(R"({"name": "my-chip", "base": "vip-v8",
      "parameters": {"int8": {"conv": {"rule": {"multiplier_bits": 16}}}, "real_of": {"sum": {"ties": "half_up"}}},
      "families": [{"family": "sum", "confidence": "statement", "rule": "half up", "source": "data sheet"}]})");
  ASSERT_TRUE(p) << p.error().message;
  Profile expected = find_profile("vip-v8").value();
  expected.int8.conv.rule.multiplier_bits = 16;
  expected.real_of[static_cast<std::size_t>(Family::kSum)] = RealRule{Rounding::kHalfUp, true};
  EXPECT_EQ(parameter_values(*p), parameter_values(expected));
  EXPECT_EQ(p->evidence_of(Family::kSum).source, "data sheet");
  EXPECT_EQ(p->evidence_of(Family::kConvolution).confidence, Confidence::kStatement);
}

TEST(ProfileJson, WithoutABaseNothingIsKnown) {
  const auto p = profile_from_json(R"({"name": "my-chip"})");
  ASSERT_TRUE(p);
  EXPECT_EQ(p->evidence_of(Family::kConvolution).confidence, Confidence::kUnknown);
}

TEST(ProfileJson, ErrorsNameTheField) {
  const std::map<std::string, std::string> wrong = {
      {"{", "this is not JSON"},
      {"[]", "expected an object"},
      {"{}", "'name' is missing"},
      {R"({"name": 5})", "'name': expected a text, got 5"},
      {R"({"name": "x", "bse": "vip-v8"})", "'bse' is not a field; there are: name"},
      {R"({"name": "x", "base": "vip-v9"})", "no profile is called 'vip-v9'"},
      {R"({"name": "x", "fallback": "nobody"})", "no profile is called 'nobody'"},
      {R"({"name": "x", "parameters": {"int8": {"conv": {"rule": {"tie": 1}}}}})",
       "'parameters.int8.conv.rule.tie' is not a field; there are: method"},
      {R"({"name": "x", "parameters": {"int8": 1}})", "'parameters.int8': expected an object, got 1"},
      {R"({"name": "x", "parameters": {"relu": {"ties": "up"}}})", "'parameters.relu.ties': expected one of half_up"},
      {R"({"name": "x", "parameters": {"relu": {"multiplier_bits": 99}}})",
       "expected a whole number from 1 to 31, got 99"},
      {R"({"name": "x", "parameters": {"relu": {"multiplier_bits": 1e99}}})", "expected a whole number"},
      {R"({"name": "x", "parameters": {"relu": {"zero_point_first": 1}}})", "expected true or false, got 1"},
      {R"({"name": "x", "delegated": {}})", "'delegated': expected a list"},
      {R"({"name": "x", "delegated": [{"int8": true}]})", "'delegated[0].op' is missing"},
      {R"({"name": "x", "families": [{"family": "cnn"}]})", "'families[0].family': expected one of convolution"},
      {R"({"name": "x", "families": [{"family": "sum", "confidence": "sure"}]})",
       "'families[0].confidence': expected one of"},
  };
  for (const auto& [text, message] : wrong) {
    const auto p = profile_from_json(text);
    ASSERT_FALSE(p) << text;
    EXPECT_NE(p.error().message.find(message), std::string::npos) << text << ": " << p.error().message;
  }
}

/// Whether `value` fits a schema made of the words that profile_schema uses.
bool fits(const nlohmann::json& schema, const nlohmann::json& root, const nlohmann::json& value) {
  if (schema.contains("$ref")) return fits(root["$defs"]["requantize"], root, value);
  if (schema.contains("anyOf")) {
    for (const auto& one : schema["anyOf"]) {
      if (fits(one, root, value)) return true;
    }
    return false;
  }
  if (schema.contains("enum"))
    return schema["enum"].end() != std::find(schema["enum"].begin(), schema["enum"].end(), value);
  const std::string type = schema["type"];
  if (type == "object") {
    for (const auto& [key, field] : value.items()) {
      if (!schema["properties"].contains(key) || !fits(schema["properties"][key], root, field)) return false;
    }
    return value.is_object();
  }
  if (type == "array") {
    for (const auto& item : value) {
      if (!fits(schema["items"], root, item)) return false;
    }
    return value.is_array();
  }
  if (type == "integer") return value.is_number_integer() && value >= schema["minimum"] && value <= schema["maximum"];
  return type == "boolean" ? value.is_boolean() : type == "null" ? value.is_null() : value.is_string();
}

TEST(ProfileSchema, DescribesEveryProfile) {
  const auto schema = nlohmann::json::parse(profile_schema());
  for (const Profile& p : builtin_profiles())
    EXPECT_TRUE(fits(schema, schema, nlohmann::json::parse(profile_to_json(p)))) << p.name;
  auto wrong = nlohmann::json::parse(profile_to_json(builtin_profiles()[0]));
  wrong["parameters"]["relu"]["ties"] = "up";
  EXPECT_FALSE(fits(schema, schema, wrong));
}

}  // namespace
}  // namespace nputwin::profile_json_test
