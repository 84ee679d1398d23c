// What TensorFlow Lite Micro computes otherwise than TFLite, and what it refuses.

#include <gtest/gtest.h>

#include "profile/micro_operands.h"
#include "profile/variant.h"
#include "support/model_builder.h"

namespace nputwin::test::micro_test {
namespace {

using Codes = std::vector<std::int8_t>;

template <typename T>
std::vector<T> run(ModelBuilder& b, const char* profile, const std::vector<T>& in) {
  return from_bytes<T>(run_model(b.read(), resolve_profile(profile).value(), {to_bytes(in)}, scalar_isa()).at(0));
}

template <typename T>
std::vector<T> unary(const char* op, const char* profile, const std::vector<T>& in, DType type, float s_in, int z_in,
                     float s_out, int z_out) {
  ModelBuilder b;
  const int n = static_cast<int>(in.size());
  const int x = b.tensor("x", type, {n}, s_in, z_in), y = b.tensor("y", type, {n}, s_out, z_out);
  b.op(op, {x}, {y});
  b.inputs({x}), b.outputs({y});
  return run(b, profile, in);
}

TEST(Micro, Relu6ClampsTheInputsCodesWhateverTheOutputsQuantization) {
  // 6 / 0.1 = 60 codes above the zero point of 10; the output's scale and zero point are not looked at.
  const Codes in{-128, 9, 10, 11, 69, 70, 71, 127};
  EXPECT_EQ(unary("RELU6", "tflite-micro", in, DType::kInt8, 0.1F, 10, 0.05F, -128),
            (Codes{10, 10, 10, 11, 69, 70, 70, 70}));
  EXPECT_EQ(unary("RELU6", "tflite-2.14-x86-ref", in, DType::kInt8, 0.1F, 10, 0.05F, -128),
            (Codes{-128, -128, -128, -126, -10, -8, -8, -8}));
}

TEST(Micro, RatiosAreFormedInBinary64) {
  // 29079 * s_in / s_out is 27536.49998 with a ratio of 24 bits and 27536.50044 with one of 53.
  const std::vector<std::int16_t> in{29079, -29079};
  constexpr float kIn = 0.003123041009530425F, kOut = 0.003297982970252633F;
  EXPECT_EQ(unary("RELU", "tflite-micro", in, DType::kInt16, kIn, 0, kOut, 0), (std::vector<std::int16_t>{27537, 0}));
  EXPECT_EQ(unary("RELU", "tflite-2.14-x86-ref", in, DType::kInt16, kIn, 0, kOut, 0),
            (std::vector<std::int16_t>{27536, 0}));
  EXPECT_EQ(unary("ABS", "tflite-micro", in, DType::kInt16, kIn, 0, kOut, 0),
            (std::vector<std::int16_t>{27537, 27537}));
}

TEST(Micro, Int16InverseRootsAreNewtonSteps) {
  // 1 / sqrt(8 * 0.0055) / 0.0016167 = 2949; recorded from the runtime.
  EXPECT_EQ(unary<std::int16_t>("RSQRT", "tflite-micro", {8, 1, 4}, DType::kInt16, 0.00550047867000103F, 0,
                                0.0016166558489203453F, 0),
            (std::vector<std::int16_t>{2949, 8340, 4170}));
}

TEST(Micro, SumsAreCodesNotBytes) {
  // 2.5 and -2.5: of M = 1/4 the shift rounds away from zero, of M = 1/2 the multiplication rounds up.
  const auto sum = [](float scale, const Codes& codes) {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt8, {2}, scale, 0), y = b.tensor("y", DType::kInt8, {1}, 1, 0);
    const int axis = b.constant<std::int32_t>("axis", {1}, {0});
    b.op("SUM", {x, axis}, {y}, {{"keep_dims", true}});
    b.inputs({x}), b.outputs({y});
    return run(b, "tflite-micro", codes);
  };
  EXPECT_EQ(sum(0.25F, {4, 6}), Codes{3});
  EXPECT_EQ(sum(0.25F, {-4, -6}), Codes{-3});
  EXPECT_EQ(sum(0.5F, {2, 3}), Codes{3});
  EXPECT_EQ(sum(0.5F, {-2, -3}), Codes{-2});
}

TEST(Micro, SpaceToBatchPadsWithCode0) {
  for (const auto& [profile, padding] : {std::pair{"tflite-micro", 0}, std::pair{"tflite-2.14-x86-ref", -7}}) {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt8, {1, 1, 1, 1}, 1, -7),
              y = b.tensor("y", DType::kInt8, {1, 1, 2, 1}, 1, -7);
    const int block = b.constant<std::int32_t>("block", {2}, {1, 1}),
              pads = b.constant<std::int32_t>("pads", {2, 2}, {0, 0, 1, 0});
    b.op("SPACE_TO_BATCH_ND", {x, block, pads}, {y});
    b.inputs({x}), b.outputs({y});
    EXPECT_EQ(run(b, profile, Codes{9}), (Codes{static_cast<std::int8_t>(padding), 9}));
  }
}

TEST(Micro, ConvolutionsDropTheZeroPointsOfWeights) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 1, 1, 1}, 1, 0), y = b.tensor("y", DType::kInt8, {1, 1, 1, 1}, 1, 0);
  Quantization q;
  q.scale = {1}, q.zero_point = {-127};
  const int w = b.constant<std::int8_t>("w", {1, 1, 1, 1}, {3}, q);
  b.op("CONV_2D", {x, w}, {y}, {{"stride_h", 1}, {"stride_w", 1}, {"dilation_h_factor", 1}, {"dilation_w_factor", 1}});
  b.inputs({x}), b.outputs({y});
  EXPECT_EQ(run(b, "tflite-micro", Codes{5}), Codes{15});
}

std::string refusal(DType type, const char* op) {
  ModelBuilder b;
  const int x = b.tensor("x", type, {2}, 1, 0), y = b.tensor("y", type, {2}, 1, 0);
  b.op(op, {x}, {y});
  b.inputs({x}), b.outputs({y});
  const auto model = b.read();
  const Status status = check_micro_operands(model->main(), model->main().nodes[0]);
  return status ? "" : status.error().message;
}

TEST(Micro, KernelsTakeSomeTypes) {
  EXPECT_EQ(refusal(DType::kInt8, "RELU"), "");
  EXPECT_EQ(refusal(DType::kUInt8, "RELU"), "tflm takes input 0 as float32, int16, int8; 'x' is uint8");
  EXPECT_EQ(refusal(DType::kInt8, "EXP"), "tflm takes input 0 as float32; 'x' is int8");
}

}  // namespace
}  // namespace nputwin::test::micro_test
