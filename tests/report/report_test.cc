#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analysis/compare/diff.h"
#include "base/utf8.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "report/diff_report.h"
#include "report/inspect_report.h"
#include "report/profile_report.h"
#include "report/values.h"
#include "support/paths.h"

namespace nputwin::report::report_test {
namespace {

DiffResult conv() {
  const auto model = read_tflite(source_path("models/conv_3x3_same_i8.tflite")).value();
  const Sides sides = open_sides(model, "tflite-2.9.1-arm64", "vip-v8", {}).value();
  const std::vector<InputArgument> source{"noise:1"};
  Diff diff(sides);
  EXPECT_TRUE(add_samples(diff, sides, SideInputs::open(sides, source, {}).value(), {0, 1}, {}));
  DiffResult result = diff.result();
  result.layers[0].name = "a \"quoted\", name";
  return result;
}

TEST(DiffReport, TheThreeFormatsTellTheSame) {
  const DiffResult result = conv();
  const auto json = nlohmann::json::parse(diff_json(result, {}));
  const auto& layer = json["layers"][0];
  EXPECT_EQ(layer["accumulated"]["mismatches"], result.layers[0].accumulated.mismatches());
  EXPECT_EQ(json["first"], result.first() ? nlohmann::json(0) : nlohmann::json(nullptr));
  const std::string csv = diff_csv(result);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 2);
  EXPECT_NE(csv.find("\"a \"\"quoted\"\", name\""), std::string::npos);
  const std::string text = diff_text(result, 120);
  EXPECT_NE(text.find("tflite-2.9.1-arm64"), std::string::npos);
  EXPECT_NE(text.find(result.differs() ? "first: op 0 CONV_2D" : "no difference"), std::string::npos);
}

TEST(InspectReport, NamesWhatIsNotSupported) {
  const auto model = read_tflite(source_path("models/digits_embed20_i8.tflite")).value();
  const Profile profile = find_profile("vip-v8").value();
  auto coverage = Session::coverage(*model, profile).value();
  EXPECT_NE(inspect_text(*model, profile.name, coverage).find("all ops are supported"), std::string::npos);
  coverage[3].unsupported = "a reason";
  EXPECT_NE(inspect_text(*model, profile.name, coverage).find("op 3 CONV_2D: a reason"), std::string::npos);
  const auto json = nlohmann::json::parse(inspect_json(*model, profile.name, coverage));
  EXPECT_EQ(json["ops"][2]["rule"]["confidence"], "evidence");
  EXPECT_EQ(json["ops"][2]["rule"]["profile"], "vip-v8");
  EXPECT_EQ(json["ops"][3]["unsupported"], "a reason");
  EXPECT_EQ(json["ops"][0]["attributes"]["stride_w"], 1);
  EXPECT_EQ(json["ops"].size(), 20U);
}

TEST(ProfileReport, TextAndJsonShareTheirWords) {
  const auto json = nlohmann::json::parse(profiles_json(builtin_profiles()));
  std::string text;
  for (const Profile& profile : builtin_profiles()) text += profile_text(profile);
  for (const auto& profile : json) {
    for (const auto& family : profile["families"]) {
      EXPECT_NE(text.find(family["rule"].get<std::string>()), std::string::npos);
      EXPECT_NE(text.find(family["source"].get<std::string>()), std::string::npos);
    }
  }
}

TEST(ProfileReport, TheListHasOneLineAProfileAndFits) {
  for (const std::size_t columns : {80U, 120U, 200U}) {
    const std::string text = profile_list_text(profile_groups(), aliases(), columns);
    std::istringstream lines(text);
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line);) longest = std::max(longest, characters(line));
    EXPECT_LE(longest, std::max<std::size_t>(columns, 90)) << text;
    for (const Profile& p : builtin_profiles()) EXPECT_NE(text.find("\n  " + p.name + " "), std::string::npos);
  }
  EXPECT_NE(
      profile_list_text(profile_groups(), aliases(), 200).find("\n  vip-v8                       evidence*   VeriSi"),
      std::string::npos);
}

TEST(Values, TopValuesWithLabels) {
  const TensorSpec spec{"p", DType::kUInt8, {1, 4}, {{0.5F}, {0}, 0}};
  const std::vector<std::uint8_t> codes{1, 9, 9, 3};
  const std::vector<Outputs> samples{{{&spec, std::as_bytes(std::span(codes))}}};
  const std::string text = values_text(samples, {"w", "x", "y", "z"}, 2);
  EXPECT_NE(text.find("[1] 9 (4.5)  x\n  [2] 9 (4.5)  y\n"), std::string::npos) << text;
}

// Where a NaN stood was left to the order in which the numbers were compared.
TEST(Values, NanIsBehindTheNumbers) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> numbers(40, nan);
  numbers[7] = 1, numbers[21] = 3, numbers[38] = -std::numeric_limits<float>::infinity();
  const TensorSpec spec{"p", DType::kFloat32, {1, 40}, {}};
  const std::vector<Outputs> samples{{{&spec, std::as_bytes(std::span(numbers))}}};
  const std::string text = values_text(samples, {}, 5);
  EXPECT_NE(text.find("[21] 3\n  [7] 1\n  [38] -inf\n  [0] nan\n  [1] nan\n"), std::string::npos) << text;
}

}  // namespace
}  // namespace nputwin::report::report_test
