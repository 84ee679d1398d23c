// AVERAGE_POOL_2D, MAX_POOL_2D, MEAN, SOFTMAX.

#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::reduction_test {
namespace {

using Codes = std::vector<std::int8_t>;

Codes run_one(ModelBuilder& b, int x, int y, const char* profile, const Codes& in) {
  b.inputs({x}), b.outputs({y});
  return from_bytes<std::int8_t>(
      run_model(b.read(), find_profile(profile).value(), {to_bytes(in)}, available_isas()[0]).at(0));
}

Codes pool(const char* op, const char* profile, const Codes& in, const Shape& shape, int size, int stride,
           int padding) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, shape, 0.5F, -1), y = b.tensor("y", DType::kInt8, {}, 0.5F, -1);
  b.op(op, {x}, {y},
       {{"filter_height", size},
        {"filter_width", size},
        {"stride_h", stride},
        {"stride_w", stride},
        {"padding", padding}});
  return run_one(b, x, y, profile, in);
}

TEST(AveragePool, TiesOfTheStoredCodes) {
  const Codes sums{1, 1, 1, 3, -1, -1, -1, -3};  // 6/4 and -6/4: 1.5 and -1.5
  EXPECT_EQ(pool("AVERAGE_POOL_2D", "tflite-2.9.1-arm64", sums, {2, 2, 2, 1}, 2, 2, 1), (Codes{2, -2}));
  EXPECT_EQ(pool("AVERAGE_POOL_2D", "vip-v8", sums, {2, 2, 2, 1}, 2, 2, 1), (Codes{2, -2}));
  const Codes half{1, 1, 0, 0, -1, -1, 0, 0};  // 0.5 and -0.5
  EXPECT_EQ(pool("AVERAGE_POOL_2D", "tflite-2.9.1-arm64", half, {2, 2, 2, 1}, 2, 2, 1), (Codes{1, -1}));
  EXPECT_EQ(pool("AVERAGE_POOL_2D", "vip-v8", half, {2, 2, 2, 1}, 2, 2, 1), (Codes{0, 0}));
}

TEST(AveragePool, PaddingIsNotCounted) {
  EXPECT_EQ(pool("AVERAGE_POOL_2D", "tflite-2.9.1-arm64", Codes(9, 8), {1, 3, 3, 1}, 2, 2, 0), Codes(4, 8));
}

TEST(MaxPool, TakesTheLargestCode) {
  EXPECT_EQ(pool("MAX_POOL_2D", "vip-v8", {1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 3, 3, 1}, 2, 2, 0), (Codes{5, 6, 8, 9}));
}

Codes mean(const char* profile, const Codes& in, const Shape& shape, const std::vector<std::int32_t>& axes, bool keep,
           float so = 1.0F, const Shape& out = {}) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, shape, 1.0F, 0);
  const int a = b.constant<std::int32_t>("axes", {static_cast<int>(axes.size())}, axes);
  const int y = b.tensor("y", DType::kInt8, out, so, 0);
  b.op("MEAN", {x, a}, {y}, {{"keep_dims", keep}});
  return run_one(b, x, y, profile, in);
}

TEST(Mean, AnyAxes) {
  const Codes in{0, 2, 4, 6, 8, 10};  // [2,3]
  for (const Profile& p : profiles_that_know(Family::kMean)) {
    EXPECT_EQ(mean(p.name.c_str(), in, {2, 3}, {1}, false), (Codes{2, 8})) << p.name;
    EXPECT_EQ(mean(p.name.c_str(), in, {2, 3}, {0}, true), (Codes{3, 5, 7})) << p.name;
    EXPECT_EQ(mean(p.name.c_str(), in, {2, 3}, {-1, 0}, false), (Codes{5})) << p.name;
  }
}

TEST(Mean, TiesOfEachMethod) {
  const Codes in{1, 2, -1, -2};  // [1,2,2,1] per row: 1.5 and -1.5 over axis 2
  EXPECT_EQ(mean("vip-v8", in, {1, 2, 2, 1}, {2}, true), (Codes{2, -2}));
  EXPECT_EQ(mean("litert-2.1-arm64-builtin", in, {1, 2, 2, 1}, {2}, true), (Codes{2, -1}));
  EXPECT_EQ(mean("tflite-2.9.1-arm64-ref", in, {1, 2, 2, 1}, {2}, true), (Codes{1, -1}));  // cut off: alike quantized
  EXPECT_EQ(mean("tflite-2.9.1-arm64-ref", in, {1, 2, 2, 1}, {2}, true, 0.5F), (Codes{3, -3}));
}

TEST(Mean, TiesByVersionOfXnnpack) {
  const Codes in{1, 2, 0, 2, 5, 5, 5, 3};  // means 5/4 and 18/4, which are 0.5 and 1.8 of the output's scale
  EXPECT_EQ(mean("tensorflow-2.17-x86", in, {2, 2, 2, 1}, {1, 2}, true, 2.5F, {2, 1, 1, 1}), (Codes{0, 2}));
  EXPECT_EQ(mean("tensorflow-2.19-x86", in, {2, 2, 2, 1}, {1, 2}, true, 2.5F, {2, 1, 1, 1}), (Codes{1, 2}));
}

Codes softmax(const char* profile, const Codes& in, int depth) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {static_cast<int>(in.size()) / depth, depth}, 0.1F, 0);
  const int y = b.tensor("y", DType::kInt8, {}, 1.0F / 256, -128);
  b.op("SOFTMAX", {x}, {y}, {{"beta", 1.0}});
  return run_one(b, x, y, profile, in);
}

TEST(Softmax, EqualCodesShareEvenlyAndOneTakesAll) {
  for (const Profile& p : profiles_that_know(Family::kSoftmax)) {
    if (p.softmax == SoftmaxMethod::kUint32Table) continue;  // uint8 alone
    EXPECT_EQ(softmax(p.name.c_str(), {5, 5, 5, 5}, 4), Codes(4, -64)) << p.name;
    EXPECT_EQ(softmax(p.name.c_str(), {127, -128, -128, -128}, 4), (Codes{127, -128, -128, -128})) << p.name;
  }
}

}  // namespace
}  // namespace nputwin::test::reduction_test
