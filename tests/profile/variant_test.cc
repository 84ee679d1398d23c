#include "profile/variant.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace nputwin::variant_test {
namespace {

TEST(Variant, ANameWithoutDotsSetsEveryParameterOfThatName) {
  const Profile p = resolve_profile("vip-v8{multiplier_bits=16,ties=half_up}").value();
  EXPECT_EQ(p.name, "vip-v8{multiplier_bits=16,ties=half_up}");
  EXPECT_EQ(p.int8.conv.rule.multiplier_bits, 16);
  EXPECT_EQ(p.uint8.transpose_conv.fast_3x3.multiplier_bits, 16);
  EXPECT_EQ(p.relu.rounding, Rounding::kHalfUp);
  EXPECT_EQ(p.real.rounding, Rounding::kHalfUp);
  EXPECT_EQ(find_profile("vip-v8")->int8.conv.rule.multiplier_bits, 24) << "the built-in one stays";
}

TEST(Variant, APathSetsOneParameterAndOpensWhatIsLeftOut) {
  const Profile p = resolve_profile("vip-v8{real_of.add.ties=half_down,uint8.conv.rule.guard_bits=8}").value();
  EXPECT_EQ(p.real_rule(Family::kAdd), (RealRule{Rounding::kHalfDown, true}));
  EXPECT_EQ(p.real_rule(Family::kMul), RealRule{});
  EXPECT_EQ(p.uint8.conv.rule.guard_bits, 8);
  EXPECT_EQ(p.int8.conv.rule.guard_bits, RequantizeRule::kAllGuardBits);
  EXPECT_FALSE(resolve_profile("vip-v8{sum_int16_method=none}")->sum_int16);
  EXPECT_FALSE(resolve_profile("tflite-2.9.1-x86{int16=none}")->int16);
}

TEST(Variant, SubIsAsAddWhereItIsLeftOut) {
  EXPECT_EQ(resolve_profile("vip-v8{add_method=real}")->sub_method(), AddMethod::kReal);
  EXPECT_EQ(resolve_profile("vip-v8{sub_method=real}")->add, AddMethod::kEightBitWeightsSharedZero);
  EXPECT_EQ(find_profile("vip-v7")->sub_method(), AddMethod::kEightBitWeightsSharedZero);
  EXPECT_EQ(find_profile("litert-2.1-arm64")->sub_method(), AddMethod::kSharedShift);
  EXPECT_EQ(find_profile("tflite-2.14-arm64-builtin")->sub_method(), AddMethod::kTwoStage) << "ADD is vectorized";
}

TEST(Variant, NeverClaimsMoreThanAStatement) {
  const Profile p = resolve_profile("tflite-2.9.1-x86{ties=half_up}").value();
  for (const Evidence& e : p.evidence) {
    EXPECT_GE(e.confidence, Confidence::kStatement) << name(e.family);
    EXPECT_NE(e.source.find("a variant of tflite-2.9.1-x86"), std::string::npos) << e.source;
  }
}

TEST(Variant, ErrorsNameTheParameterAndWhatIsPossible) {
  const std::map<std::string, std::string> wrong = {
      {"vip-v8{tie=half_up}", "'tie' is not a parameter"},
      {"vip-v8{int8.conv.tie=half_up}", "'int8.conv.tie' is not a parameter"},
      {"vip-v8{ties=up}", "expected one of half_up, half_away_from_zero"},
      {"vip-v8{multiplier_bits=32}", "expected a whole number from 1 to 31"},
      {"vip-v8{multiplier_bits=1x}", "got '1x'"},
      {"vip-v8{zero_point_first=1}", "expected true or false"},
      {"vip-v8{ties}", "expected PARAMETER=VALUE"},
      {"vip-v8{ties=half_up", "a variant is NAME{PARAMETER=VALUE,…}"},
      {"vip-v9{ties=half_up}", "no profile is called 'vip-v9'"},
      {"nowhere.json", "nowhere.json"},
  };
  for (const auto& [text, message] : wrong) {
    const auto p = resolve_profile(text);
    ASSERT_FALSE(p) << text;
    EXPECT_NE(p.error().message.find(message), std::string::npos) << p.error().message;
  }
}

// About 65 names stood behind the one that was meant.
TEST(Variant, AllParametersAreListedWhereNoneIsNear) {
  const std::string near = resolve_profile("vip-v8{tie=half_up}").error().message;
  EXPECT_NE(near.find("'tie' is not a parameter (did you mean 'ties'?); full paths: "), std::string::npos) << near;
  EXPECT_EQ(near.find("short names"), std::string::npos) << near;
  const std::string far = resolve_profile("vip-v8{quux=half_up}").error().message;
  EXPECT_NE(far.find("'quux' is not a parameter; short names: "), std::string::npos) << far;
  EXPECT_NE(far.find(", ties, "), std::string::npos) << far;
}

TEST(ParameterValues, EachCanBeSetToWhatItIs) {
  Profile copy;  // is each profile in turn: only what differs from the one before need be set
  for (const Profile& p : builtin_profiles()) {
    const auto before = parameter_values(copy);
    const std::set<std::pair<std::string, std::string>> same(before.begin(), before.end());
    for (const auto& [path, value] : parameter_values(p)) {
      if (same.contains({path, value})) continue;
      ASSERT_TRUE(set_parameter(copy, path, value)) << path << "=" << value;
    }
    EXPECT_EQ(parameter_values(copy), parameter_values(p)) << p.name;
  }
}

}  // namespace
}  // namespace nputwin::variant_test
