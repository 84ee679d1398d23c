// ADD, MUL, LOGISTIC, RELU and its kin, QUANTIZE, DEQUANTIZE.

#include <gtest/gtest.h>

#include "profile/variant.h"
#include "support/model_builder.h"

namespace nputwin::test::elementwise_test {
namespace {

using Codes = std::vector<std::int8_t>;

Profile profile(const char* name) { return resolve_profile(name).value(); }

struct Side {
  float scale;
  int zero;
};

Codes binary(const char* op, const char* profile_name, const Codes& x, Side sx, const Codes& z, Side sz, Side so) {
  ModelBuilder b;
  const int a = b.tensor("a", DType::kInt8, {static_cast<int>(x.size())}, sx.scale, sx.zero);
  const int c = b.tensor("c", DType::kInt8, {static_cast<int>(z.size())}, sz.scale, sz.zero);
  const int y = b.tensor("y", DType::kInt8, {}, so.scale, so.zero);
  b.op(op, {a, c}, {y});
  b.inputs({a, c}), b.outputs({y});
  return from_bytes<std::int8_t>(
      run_model(b.read(), profile(profile_name), {to_bytes(x), to_bytes(z)}, available_isas()[0]).at(0));
}

TEST(Add, TiesOfEachMethod) {
  // Sums of 1, -1, 3 and -3 at twice the scale: halves.
  const Codes a{1, -1, 3, -3}, zeros(4, 0);
  EXPECT_EQ(binary("ADD", "tflite-2.9.1-arm64-ref", a, {1, 0}, zeros, {1, 0}, {2, 0}), (Codes{1, -1, 2, -2}));
  EXPECT_EQ(binary("ADD", "litert-2.3-x86", a, {1, 0}, zeros, {1, 0}, {2, 0}), (Codes{1, 0, 2, -1}));
  EXPECT_EQ(binary("ADD", "vip-v8{add_method=real}", a, {1, 0}, zeros, {1, 0}, {2, 0}), (Codes{0, 0, 2, -2}));
  EXPECT_EQ(binary("ADD", "vip-v8{add_method=real}", a, {1, 0}, zeros, {1, 0}, {2, 1}), (Codes{2, 0, 2, 0}));
}

TEST(Add, ByAConvolutionOfEightBitWeights) {
  // 255 times the binary32 nearest to 1/255 is above 1: halves are no ties but go away from zero.
  const Codes a{1, -1, 3, -3}, zeros(4, 0);
  EXPECT_EQ(binary("ADD", "vip-v8", a, {1, 0}, zeros, {1, 0}, {2, 0}), (Codes{1, -1, 2, -2}));
  EXPECT_EQ(binary("ADD", "vip-v8", a, {1, 0}, zeros, {1, 0}, {2, 1}), (Codes{2, 0, 3, -1}));
  // s_b is 100 s_a: the first weight is round(2.55) = 3, so 120 counts as 141; 51 or more stand for half of s_b.
  EXPECT_EQ(binary("ADD", "vip-v8", {120, 42, 43}, {0.01F, 0}, {0}, {1, 0}, {0.01F, 0}), (Codes{127, 49, 51}));
  EXPECT_EQ(binary("ADD", "vip-v8{add_method=real}", {120, 42, 43}, {0.01F, 0}, {0}, {1, 0}, {0.01F, 0}),
            (Codes{120, 42, 43}));
}

TEST(Add, MlasHasAScalarOnTheRight) {
  // Measured on onnxruntime 1.32.0: the zero points' share of two scalars' sum is formed the other way round.
  constexpr Side kA{0.02534690499305725F, -106}, kB{0.035809919238090515F, -120}, kSum{0.0365859717130661F, -105};
  EXPECT_EQ(binary("ADD", "ort-mlas", {-114}, kA, {-122}, kB, kSum), (Codes{-112}));
  EXPECT_EQ(binary("ADD", "ort-mlas", {-114, -114}, kA, {-122}, kB, kSum), (Codes{-113, -113}));
}

TEST(Add, OneZeroPointForBothInputsLeavesARoundedCorrection) {
  // r = 0.3005: weights 255 and 77 (76.63). b = zb = 10 gives 77 * 10 - round(766.3) = 4 of 255, 0.8 of an output step.
  EXPECT_EQ(binary("ADD", "vip-v8", {0}, {1, 0}, {10}, {0.3005F, 10}, {1 / 51.0F, 0}), (Codes{1}));
  EXPECT_EQ(binary("ADD", "mesa-etnaviv-v8", {0}, {1, 0}, {10}, {0.3005F, 10}, {1 / 51.0F, 0}), (Codes{0}));
}

TEST(Sub, IsRefusedWhereTheSideHasNone) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kUInt8, {4}, 1, 0), y = b.tensor("y", DType::kUInt8, {4}, 1, 0);
  b.op("SUB", {x, x}, {y});
  b.inputs({x}), b.outputs({y});
  EXPECT_EQ(Session::coverage(*b.read(), profile("mesa-etnaviv-v7")).value().at(0).unsupported,
            "profile mesa-etnaviv-v7 has no SUB of codes");
}

TEST(Sub, FollowsTheParameterOfAdd) {
  const Codes a{1, -1, 3, -3}, zeros(4, 0);
  // The weights span 2: 255 / 2 goes to 127 or 128.
  EXPECT_EQ(binary("SUB", "vip-v8", {1, 0}, {1, 0}, {0, 1}, {1, 0}, {0.05F, 0}), (Codes{20, -20}));
  EXPECT_EQ(binary("SUB", "vip-v8{add_method=real}", a, {1, 0}, zeros, {1, 0}, {2, 0}), (Codes{0, 0, 2, -2}));
  EXPECT_EQ(binary("SUB", "vip-v8{sub_method=real}", a, {1, 0}, zeros, {1, 0}, {2, 0}), (Codes{0, 0, 2, -2}));
  EXPECT_EQ(binary("ADD", "vip-v8{sub_method=real}", a, {1, 0}, zeros, {1, 0}, {2, 0}), (Codes{1, -1, 2, -2}));
  EXPECT_EQ(binary("SUB", "tflite-2.9.1-arm64", a, {1, 0}, zeros, {1, 0}, {2, 0}), (Codes{1, -1, 2, -2}));
}

TEST(Add, BroadcastsAndClips) {
  EXPECT_EQ(binary("ADD", "vip-v8", {100, -100, 5}, {1, 0}, {100}, {1, 0}, {1, 0}), (Codes{127, 0, 105}));
}

TEST(Mul, TiesOfEachMethod) {
  const Codes a{2, -2, 6, -6}, ones(4, 1);  // halves with M = 1/4
  EXPECT_EQ(binary("MUL", "tflite-2.9.1-arm64-ref", a, {0.25F, 0}, ones, {0.5F, 0}, {0.5F, 0}), (Codes{1, -1, 2, -2}));
  EXPECT_EQ(binary("MUL", "litert-2.1-arm64", a, {0.25F, 0}, ones, {0.5F, 0}, {0.5F, 0}), (Codes{1, 0, 2, -1}));
  EXPECT_EQ(binary("MUL", "litert-2.3-x86", a, {0.25F, 0}, ones, {0.5F, 0}, {0.5F, 0}), (Codes{0, 0, 2, -2}));
  EXPECT_EQ(binary("MUL", "vip-v8", a, {0.25F, 0}, ones, {0.5F, 0}, {0.5F, 1}), (Codes{2, 0, 2, 0}));
}

template <typename In, typename Out>
std::vector<Out> unary(const char* op, const char* profile_name, const std::vector<In>& x, Side si, Side so) {
  ModelBuilder b;
  const int a = b.tensor("a", *kDTypeOf<In>, {static_cast<int>(x.size())}, si.scale, si.zero);
  const int y = b.tensor("y", *kDTypeOf<Out>, {}, so.scale, so.zero);
  b.op(op, {a}, {y});
  b.inputs({a}), b.outputs({y});
  return from_bytes<Out>(run_model(b.read(), profile(profile_name), {to_bytes(x)}, available_isas()[0]).at(0));
}

TEST(Logistic, EndsAndMiddle) {
  for (const char* p : {"tflite-2.9.1-arm64", "litert-2.3-x86", "vip-v8"}) {
    EXPECT_EQ((unary<std::int8_t, std::int8_t>("LOGISTIC", p, {-128, 0, 127}, {0.1F, 0}, {1.0F / 256, -128})),
              (Codes{-128, 0, 127}))
        << p;
  }
}

TEST(Elu, TiesByVersionOfXnnpack) {  // 4.5 and 10.5, the zero point of 3 among them
  const auto elu = [](const char* p) { return unary<std::int8_t, std::int8_t>("ELU", p, {6, 14}, {0.75F, 0}, {1, 3}); };
  EXPECT_EQ(elu("tensorflow-2.17-x86"), (Codes{7, 13}));
  EXPECT_EQ(elu("tensorflow-2.19-x86"), (Codes{8, 14}));
  EXPECT_EQ(elu("litert-2.3-x86"), (Codes{8, 14}));
}

TEST(Relu, BoundsAreCodes) {
  EXPECT_EQ((unary<std::int8_t, std::int8_t>("RELU", "vip-v8", {-9, 3, 100}, {1, 0}, {1, 0})), (Codes{0, 3, 100}));
  EXPECT_EQ((unary<std::int8_t, std::int8_t>("RELU6", "vip-v8", {-9, 3, 100}, {1, 0}, {1, 2})), (Codes{2, 5, 8}));
  EXPECT_EQ((unary<std::int8_t, std::int8_t>("RELU_N1_TO_1", "vip-v8", {-9, 0, 100}, {1, 0}, {0.5F, 0})),
            (Codes{-2, 0, 2}));
  EXPECT_EQ((unary<std::int8_t, std::int8_t>("RELU", "tflite-2.9.1-arm64", {1, 2, 3}, {0.5F, 0}, {1, 0})),
            (Codes{1, 1, 2}));
  EXPECT_EQ((unary<std::int8_t, std::int8_t>("RELU", "vip-v8", {1, 2, 3}, {0.5F, 0}, {1, 0})), (Codes{0, 1, 2}));
}

TEST(Quantize, TiesOfEachMethod) {
  const std::vector<float> v{0.5F, 1.5F, -0.5F, -1.5F};
  EXPECT_EQ((unary<float, std::int8_t>("QUANTIZE", "tflite-2.9.1-arm64-ref", v, {0, 0}, {1, 0})),
            (Codes{1, 2, -1, -2}));
  EXPECT_EQ((unary<float, std::int8_t>("QUANTIZE", "litert-2.3-x86", v, {0, 0}, {1, 1})), (Codes{1, 3, 1, -1}));
  EXPECT_EQ((unary<float, std::int8_t>("QUANTIZE", "vip-v8", v, {0, 0}, {1, 1})), (Codes{2, 2, 0, 0}));
  // Fewer than eight elements are all "the rest" of the vector code.
  EXPECT_EQ((unary<float, std::int8_t>("QUANTIZE", "tflite-2.9.1-arm64", v, {0, 0}, {1, 0})), (Codes{1, 2, -1, -2}));
  std::vector<float> nine(9, 0.5F);
  EXPECT_EQ((unary<float, std::int8_t>("QUANTIZE", "tflite-2.9.1-arm64", nine, {0, 0}, {1, 0})),
            (Codes{0, 0, 0, 0, 0, 0, 0, 0, 1}));
}

TEST(Quantize, HugeValuesAndNaNAreClipped) {
  const std::vector<float> v{1e30F, -1e30F, std::numeric_limits<float>::infinity(),
                             std::numeric_limits<float>::quiet_NaN()};
  for (const Profile& p : profiles_that_know(Family::kQuantize)) {
    EXPECT_EQ((unary<float, std::int8_t>("QUANTIZE", p.name.c_str(), v, {0, 0}, {1, 3})), (Codes{127, -128, 127, 3}))
        << p.name;
  }
}

TEST(Requantize, BetweenTypesAndTies) {
  const std::vector<std::uint8_t> x{0, 127, 128, 255};
  for (const Profile& p : profiles_that_know(Family::kQuantize)) {
    EXPECT_EQ((unary<std::uint8_t, std::int8_t>("QUANTIZE", p.name.c_str(), x, {0.5F, 128}, {0.5F, 0})),
              (Codes{-128, -1, 0, 127}))
        << p.name;
  }
  const Codes odd{1, -1, 3, -3};
  EXPECT_EQ((unary<std::int8_t, std::int8_t>("QUANTIZE", "tflite-2.9.1-arm64-ref", odd, {0.25F, 0}, {0.5F, 0})),
            (Codes{1, 0, 2, -1}));
  EXPECT_EQ((unary<std::int8_t, std::int8_t>("QUANTIZE", "vip-v8", odd, {0.25F, 0}, {0.5F, 0})), (Codes{0, 0, 2, -2}));
}

TEST(Dequantize, ScaleTimesDistance) {
  for (const Profile& p : profiles_that_know(Family::kDequantize)) {
    EXPECT_EQ((unary<std::int8_t, float>("DEQUANTIZE", p.name.c_str(), {-128, 3, 127}, {0.5F, 3}, {0, 0})),
              (std::vector<float>{-65.5F, 0.0F, 62.0F}))
        << p.name;
  }
}

}  // namespace
}  // namespace nputwin::test::elementwise_test
