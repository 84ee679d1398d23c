#include <gtest/gtest.h>
#include <nputwin/nputwin.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "support/paths.h"

namespace nputwin::api_test {
namespace {

const std::string kModel = source_path("models/digits_embed20_i8.tflite");

TEST(Api, RunsAModel) {
  Twin twin(kModel, "litert-2.3-x86", {.threads = 2, .isa = "scalar"});
  ASSERT_EQ(twin.inputs().size(), 1U);
  EXPECT_EQ(twin.inputs()[0].type, "int8");
  EXPECT_EQ(twin.inputs()[0].shape, (std::vector<std::int32_t>{1, 8, 8, 1}));
  ASSERT_EQ(twin.inputs()[0].bytes, 64U);
  ASSERT_EQ(twin.outputs().size(), 1U);
  EXPECT_EQ(twin.outputs()[0].shape, (std::vector<std::int32_t>{1, 1, 1, 32}));
  std::vector<std::byte> ramp;
  for (int i = -128; i < -64; ++i) ramp.push_back(static_cast<std::byte>(i));
  twin.set_input(0, ramp);
  twin.run();
  std::vector<int> codes;
  for (const std::byte b : twin.output(0)) codes.push_back(static_cast<std::int8_t>(b));
  // What LiteRT 2.3.0 itself gives: tests/vectors/models has these bytes' hash, ec7cec0cd48d1aa9.
  EXPECT_EQ(codes, (std::vector<int>{-45, -22, -29, -32, -66, -51, -31, -1,  -57, -18, -54, -53, -22, -63, -30, -28,
                                     -67, -74, -51, 1,   -70, -42, -53, -86, -40, -56, 2,   -66, -32, -27, -20, -30}));
}

TEST(Api, FailuresAreFailures) {
  EXPECT_THROW(Twin("/none.tflite", "vip-v8"), Failure);
  EXPECT_THROW(Twin(kModel, "nobody"), Failure);
  EXPECT_THROW(Twin(kModel, "vip-v8", {.isa = "abacus"}), Failure);
  Twin twin(kModel, "vip-v8");
  EXPECT_THROW(twin.set_input(1, {}), Failure);
  EXPECT_THROW(twin.set_input(0, {}), Failure);
  EXPECT_THROW((void)twin.output(3), Failure);
}

TEST(Api, NamesTheProfiles) {
  const std::vector<std::string> names = profile_names();
  std::size_t listed = 0;
  std::ifstream list(source_path("src/profile/builtin/builtin.inc"));
  for (std::string line; std::getline(list, line);) listed += line.starts_with("NPUTWIN_PROFILE(") ? 1 : 0;
  EXPECT_EQ(names.size(), listed);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), listed);
  EXPECT_EQ(names.front(), "tflite-2.9.1-arm64");
  for (const char* name : {"litert-2.3-x86-ref", "vip-v8", "cmsis-nn-double", "fbgemm"})
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
}

}  // namespace
}  // namespace nputwin::api_test
