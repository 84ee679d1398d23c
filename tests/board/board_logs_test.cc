// Skipped, with the reason printed, where the shared folder is not beside the checkout.

#include "board/board_logs.h"

#include "profile/profile.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace nputwin::test::board_logs_test {
namespace {

Profile profile(const char* name) { return find_profile(name).value(); }

class BoardLogs : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kLogs + "cases.json")) GTEST_SKIP() << "no board logs at " << kLogs;
  }
};

TEST_F(BoardLogs, SsdOnTheNpu) { EXPECT_EQ(ssd_numbers("npu", profile("vip-v8")), 24); }
TEST_F(BoardLogs, SsdOnTheCpu) { EXPECT_EQ(ssd_numbers("cpu", profile("litert-2.1-arm64-builtin")), 24); }
TEST_F(BoardLogs, SsdUnderXnnpackPrintsTheNpusNumbers) {
  EXPECT_EQ(ssd_numbers("npu", profile("litert-2.1-arm64")), 24);
}
TEST_F(BoardLogs, SsdUnderReferenceKernelsIsNeither) {
  EXPECT_LT(ssd_numbers("npu", profile("tflite-2.9.1-arm64-ref")), 24);
  EXPECT_LT(ssd_numbers("cpu", profile("tflite-2.9.1-arm64-ref")), 24);
}
TEST_F(BoardLogs, MobileNetOnTheNpu) { EXPECT_EQ(mobilenet_numbers("npu", profile("vip-v8")), 5); }
TEST_F(BoardLogs, MobileNetOnTheCpu) {
  EXPECT_EQ(mobilenet_numbers("cpu", profile("tflite-2.9.1-arm64")), 5);
  EXPECT_EQ(mobilenet_numbers("cpu", profile("tflite-2.9.1-arm64-ref")), 5);
}
TEST_F(BoardLogs, MobileNetUnderXnnpackPrintsTheNpusNumbers) {
  EXPECT_EQ(mobilenet_numbers("npu", profile("litert-2.1-arm64")), 5);
}

}  // namespace
}  // namespace nputwin::test::board_logs_test
