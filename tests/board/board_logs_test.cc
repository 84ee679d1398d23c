// Skipped, with the reason printed, where the shared folder is not beside the checkout.

#include "board/board_logs.h"

#include "profile/variant.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace nputwin::test::board_logs_test {
namespace {

Profile profile(const char* text) { return resolve_profile(text).value(); }

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

// One build of TensorFlow Lite with ruy for all of NXP's boards, and the wheels round layers otherwise.
TEST_F(BoardLogs, MobileNetByNxpsPythonBuild) {
  EXPECT_EQ(mobilenet_python_numbers("cpu", profile("litert-2.1-arm64-builtin")), 5);
  EXPECT_EQ(mobilenet_python_numbers("cpu", profile("tflite-2.14-arm64-ruy")), 5);
  EXPECT_LT(mobilenet_python_numbers("cpu", profile("tflite-2.9.1-arm64")), 5);
  EXPECT_LT(mobilenet_python_numbers("cpu", profile("tflite-2.14-arm64")), 5);
}
TEST_F(BoardLogs, MobileNetThroughMesasDriver) {
  EXPECT_EQ(mobilenet_python_numbers("npu", profile("vip-v8")), 5);
  EXPECT_EQ(mobilenet_python_numbers("npu", profile("mesa-etnaviv-v8{substitute.average_pool=litert-2.1-arm64-builtin,"
                                                    "substitute.softmax=litert-2.1-arm64-builtin}")),
            5);
}

// Ten residual additions, in another chip of the family.
TEST_F(BoardLogs, AdditionsAreAConvolutionOfEightBitWeights) {
  EXPECT_EQ(goldfish_numbers(profile("vip-v8")), 5);
  for (const char* other : {"vip-v8{add_method=real}", "vip-v8{add_method=eight_bit_weights}", "vip-v7",
                            "tflite-2.9.1-arm64", "litert-2.1-arm64", "litert-2.1-arm64-builtin"})
    EXPECT_LT(goldfish_numbers(profile(other)), 5) << other;
}

}  // namespace
}  // namespace nputwin::test::board_logs_test
