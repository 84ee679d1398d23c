#include "profile/profile.h"

#include <gtest/gtest.h>

#include <set>

#include "profile/alias.h"
#include "profile/groups.h"
#include "profile/variant.h"

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

TEST(Profiles, AnUnknownNameGetsTheNearOnesAndWhereTheRestIs) {
  EXPECT_EQ(find_profile("vip-v9").error().message,
            "no profile is called 'vip-v9' (did you mean 'vip-v8' or 'vip-v7'?); `nputwin profiles` lists all");
  EXPECT_EQ(find_profile("last.npy").error().message, "no profile is called 'last.npy'; `nputwin profiles` lists all");
  EXPECT_NE(find_profile("imx8mp").error().message.find("(did you mean 'imx8mp-npu' or 'imx8mp-cpu'?)"),
            std::string::npos);
}

TEST(Profiles, GroupsHoldAllInTheirOrder) {
  std::vector<std::string> names, grouped;
  for (const Profile& p : builtin_profiles()) names.push_back(p.name);
  for (const ProfileGroup& group : profile_groups()) {
    EXPECT_FALSE(group.profiles.empty()) << group.title;
    for (const Profile& p : group.profiles) grouped.push_back(p.name);
  }
  EXPECT_EQ(grouped, names);
}

TEST(Aliases, OfOneProfileAreThatProfile) {
  EXPECT_EQ(find_profile("imx8mp-npu").value().name, "vip-v8");
  EXPECT_EQ(resolve_profile("imx8mp-npu{ties=half_up}").value().name, "vip-v8{ties=half_up}");
  EXPECT_EQ(resolve_profile("vx(a311d-npu)+tflite-2.9.1-arm64").value().name, "vx(vip-v7)+tflite-2.9.1-arm64");
}

TEST(Aliases, OfSeveralAskWhichAndOfNoneNameTheWayOut) {
  const std::string which = find_profile("imx8mp-cpu").error().message;
  EXPECT_NE(which.find("\n  tflite-2.14-arm64-ruy   TensorFlow Lite 2.14.1 built by CMake with ruy"), std::string::npos)
      << which;
  EXPECT_NE(which.find("nputwin selfcheck"), std::string::npos);
  EXPECT_EQ(find_profile("edge-tpu").error().message,
            "no profile is known for 'edge-tpu', Google's Coral Edge TPU: give what it computed as a capture "
            "(docs/captures.md)");
}

TEST(Aliases, AreNoProfilesAndNameThose) {
  std::set<std::string_view> names;
  for (const Alias& alias : aliases()) {
    EXPECT_TRUE(names.insert(alias.name).second) << alias.name << " is listed twice";
    for (const Profile& p : builtin_profiles()) EXPECT_NE(p.name, alias.name);
    for (const std::string_view profile : alias.profiles) EXPECT_TRUE(find_profile(profile)) << profile;
  }
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
