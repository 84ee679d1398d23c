#include <gtest/gtest.h>
#include <nputwin/nputwin.h>

#include "support/paths.h"

namespace nputwin::api_test {
namespace {

const std::string kModel = source_path("models/digits_embed20_i8.tflite");

TEST(Api, RunsAModel) {
  Twin twin(kModel, "vip-v8", {.threads = 2, .isa = "scalar"});
  ASSERT_EQ(twin.inputs().size(), 1U);
  EXPECT_EQ(twin.inputs()[0].type, "int8");
  EXPECT_EQ(twin.outputs()[0].shape, (std::vector<std::int32_t>{1, 1, 1, 32}));
  std::vector<std::byte> input(twin.inputs()[0].bytes);
  twin.set_input(0, input);
  twin.run();
  EXPECT_EQ(twin.output(0).size(), 32U);
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

TEST(Api, NamesTheProfiles) { EXPECT_FALSE(profile_names().empty()); }

}  // namespace
}  // namespace nputwin::api_test
