#include "profile/profile.h"

#include <gtest/gtest.h>

#include <set>

namespace nputwin::profile_test {
namespace {

TEST(Profiles, EachSaysHowEveryFamilyIsKnown) {
  std::set<std::string> names;
  for (const Profile& p : builtin_profiles()) {
    EXPECT_TRUE(names.insert(p.name).second) << p.name << " is listed twice";
    EXPECT_FALSE(p.summary.empty());
    EXPECT_EQ(p.evidence.size(), kEnumNames<Family>.size()) << p.name;
    for (const Evidence& e : p.evidence) {
      EXPECT_FALSE(e.rule.empty()) << p.name << " " << name(e.family);
      EXPECT_FALSE(e.source.empty()) << p.name << " " << name(e.family);
    }
    EXPECT_TRUE(p.fallback.empty() || find_profile(p.fallback)) << p.name;
  }
}

TEST(Profiles, AnUnknownNameListsTheKnownOnes) {
  const auto p = find_profile("tflite");
  ASSERT_FALSE(p);
  EXPECT_NE(p.error().message.find("vip-v8"), std::string::npos);
}

TEST(Profiles, AreValues) {
  Profile a = find_profile("vip-v8").value();
  Profile b = a;
  b.int8.conv.rule.multiplier_bits = 16;
  EXPECT_NE(a.int8, b.int8);
  EXPECT_EQ(a.int8, find_profile("vip-v8").value().int8);
}

}  // namespace
}  // namespace nputwin::profile_test
