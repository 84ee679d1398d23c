#include "analysis/probe/profile_comparison.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "profile/variant.h"

namespace nputwin::profile_comparison_test {
namespace {

Profile profile(const char* text) { return resolve_profile(text).value(); }

const SampledDifference& row(const ProfileComparison& c, std::string_view op, DType type) {
  return *std::find_if(c.sampled.begin(), c.sampled.end(),
                       [&](const auto& s) { return s.sample->op == op && s.sample->type == type; });
}

TEST(CompareProfiles, WithItselfNothingDiffers) {
  for (const Profile& p : builtin_profiles()) {
    const auto c = compare_profiles(p, p, {.models = 1});
    EXPECT_TRUE(c.parameters.empty());
    EXPECT_FALSE(c.differs()) << p.name;
    EXPECT_EQ(c.sampled.size(), sample_ops().size());
  }
}

TEST(CompareProfiles, EverySampleRunsSomewhere) {
  const auto c = compare_profiles(profile("litert-2.3-x86-builtin"), profile("litert-2.3-x86-builtin"), {.models = 3});
  for (const auto& s : c.sampled) {
    EXPECT_EQ(s.refused, "") << s.sample->op;
    EXPECT_GT(s.stats.elements(), 0) << s.sample->op;
  }
}

TEST(CompareProfiles, SaysWhoKnowsNothingOfAFamily) {
  const auto c = compare_profiles(profile("nvdla"), profile("vip-v8"), {.models = 1});
  EXPECT_EQ(row(c, "ADD", DType::kInt8).unknown_to, "nvdla");
  EXPECT_EQ(row(c, "ADD", DType::kInt8).refused, "profile nvdla does not define add");
  EXPECT_EQ(row(c, "CONV_2D", DType::kInt8).unknown_to, "");
  const auto stood_in = compare_profiles(profile("nvdla{substitute.add=vip-v8}"), profile("vip-v8"), {.models = 1});
  EXPECT_EQ(row(stood_in, "ADD", DType::kInt8).refused, "");
  EXPECT_EQ(row(stood_in, "ADD", DType::kInt8).stats.mismatches(), 0);
}

TEST(CompareProfiles, FindsWhatAParameterChanges) {
  const auto c = compare_profiles(
      profile("vip-v8{add_method=real}"),
      profile("vip-v8{add_method=real,uint8.depthwise.fast_3x3.ties=floor,real_of.add.ties=floor}"), {});
  ASSERT_EQ(c.parameters.size(), 2);
  EXPECT_EQ(c.parameters[0].path, "uint8.depthwise.fast_3x3.ties");
  EXPECT_EQ(c.parameters[0].b, "floor");
  EXPECT_EQ(c.parameters[1].path, "real_of.add");
  // A floor instead of the nearest lowers about half of all codes by one.
  EXPECT_NEAR(row(c, "DEPTHWISE_CONV_2D", DType::kUInt8).stats.mismatch_rate(), 0.5, 0.15);
  EXPECT_GT(row(c, "ADD", DType::kInt8).stats.mismatches(), 0);
  EXPECT_EQ(row(c, "DEPTHWISE_CONV_2D", DType::kInt8).stats.mismatches(), 0);
  EXPECT_EQ(row(c, "MUL", DType::kInt8).stats.mismatches(), 0);
}

TEST(CompareProfiles, SaysWhoRefuses) {
  const auto c = compare_profiles(profile("vip-v8"), profile("qnnpack"), {.models = 1});  // softmax: uint8 alone
  EXPECT_NE(row(c, "SOFTMAX", DType::kInt8).refused.find("qnnpack: "), std::string::npos);
  EXPECT_EQ(row(c, "SOFTMAX", DType::kInt8).unknown_to, "");
}

}  // namespace
}  // namespace nputwin::profile_comparison_test
