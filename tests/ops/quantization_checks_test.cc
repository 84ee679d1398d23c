// Quantizations that one side refuses and another computes: a profile refuses what its side refuses. What runtimes do
// here is measured, with the models of public reports.

#include <gtest/gtest.h>

#include <numeric>

#include "profile/variant.h"
#include "support/model_builder.h"

namespace nputwin::test::quantization_checks_test {
namespace {

using Codes = std::vector<std::int8_t>;

/// Why a profile does not compute a model of one op; empty: it does.
std::string refusal(ModelBuilder& b, const char* profile) {
  return Session::coverage(*b.read(), resolve_profile(profile).value()).value().at(0).unsupported;
}

Codes run(ModelBuilder& b, const char* profile, const Codes& x) {
  return from_bytes<std::int8_t>(
      run_model(b.read(), resolve_profile(profile).value(), {to_bytes(x)}, scalar_isa()).at(0));
}

ModelBuilder logistic() {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {3}, 0.0471F, 12), y = b.tensor("y", DType::kInt8, {3}, 0.0039018F, -128);
  b.op("LOGISTIC", {x}, {y});
  b.inputs({x}), b.outputs({y});
  return b;
}

TEST(QuantizationChecks, LogisticOfAnotherScale) {
  // 1/(1 + exp(-x)) of 0 is 0.5, 128.15 steps of 0.0039018; of 5.4165 it is 0.99558, 255.16 steps.
  for (const char* profile :
       {"vip-v8", "vip-v7", "litert-2.3-x86", "litert-2.1-arm64", "vx(vip-v8)+tflite-2.9.1-x86"}) {
    ModelBuilder b = logistic();
    EXPECT_EQ(run(b, profile, {12, 127, -128}), (Codes{0, 127, -128})) << profile;
  }
  for (const char* profile : {"litert-2.3-x86-builtin", "tflite-2.14-x86", "tflite-2.9.1-x86"}) {
    ModelBuilder b = logistic();
    EXPECT_NE(refusal(b, profile).find("expected 1/256"), std::string::npos) << profile;
  }
}

ModelBuilder transposed() {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {2, 2}, 0.05F, 2), y = b.tensor("y", DType::kInt8, {2, 2}, 0.1F, -7);
  const int order = b.constant<std::int32_t>("order", {2}, {1, 0});
  b.op("TRANSPOSE", {x, order}, {y});
  b.inputs({x}), b.outputs({y});
  return b;
}

TEST(QuantizationChecks, TransposeOfUnequalQuantizations) {
  for (const char* profile : {"litert-2.3-x86-builtin", "tflite-2.14-x86", "tflite-2.9.1-arm64"}) {
    ModelBuilder b = transposed();
    EXPECT_EQ(run(b, profile, {1, 2, 3, 4}), (Codes{1, 3, 2, 4})) << profile << " moves the codes";
  }
  const std::string unequal =
      "'x' (scale 0.05, zero point 2) and output 'y' (scale 0.1, zero point -7) must share their quantization: ";
  ModelBuilder b = transposed();
  EXPECT_EQ(refusal(b, "litert-2.3-x86"), unequal + "XNNPACK fails to prepare it");
  EXPECT_EQ(refusal(b, "vip-v8"), unequal + "whether vip-v8 moves the codes or rescales them is not known");
}

ModelBuilder transposed_convolution(int axis) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 2, 2, 2}, 0.05F, 1), y = b.tensor("y", DType::kInt8, {}, 0.11F, -4);
  std::vector<std::int8_t> weights(16);
  std::iota(weights.begin(), weights.end(), static_cast<std::int8_t>(-8));
  const int w = b.constant<std::int8_t>("w", {2, 2, 2, 2}, weights, {{0.01F, 0.04F}, {0, 0}, axis});
  const int shape = b.constant<std::int32_t>("shape", {4}, {1, 4, 4, 2});
  b.op("TRANSPOSE_CONV", {shape, w, x}, {y}, {{"stride_h", 2}, {"stride_w", 2}, {"padding", 1}});
  b.inputs({x}), b.outputs({y});
  return b;
}

TEST(QuantizationChecks, TransposedConvolutionsCountScalesByChannel) {
  const Codes x{-100, 90, 80, -70, 60, 50, -40, 30};
  for (const char* profile : {"litert-2.3-x86", "litert-2.3-x86-builtin", "tflite-2.14-arm64", "vip-v8"}) {
    ModelBuilder wrong = transposed_convolution(3), right = transposed_convolution(0);
    EXPECT_EQ(run(wrong, profile, x), run(right, profile, x)) << profile;
  }
}

}  // namespace
}  // namespace nputwin::test::quantization_checks_test
