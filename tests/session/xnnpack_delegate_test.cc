#include "session/placement/delegates.h"

#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::xnnpack_delegate_test {
namespace {

/// Whether the profile's delegate takes the model's first node.
bool takes_first(const char* profile_name, const ModelBuilder& b) {
  const auto model = b.read();
  std::vector<TensorSpec> specs;
  for (const ModelTensor& t : model->main().tensors) specs.push_back(t.spec);
  return delegate_claims(find_profile(profile_name).value(), model->main(), specs, model->main().nodes[0]).has_value();
}

/// CONV_2D of a 1x1x1x2 input; `change` sees the builder before it is read.
template <typename Change>
bool taken(const char* profile_name, DType type, Change change) {
  ModelBuilder b;
  const int zero = type == DType::kUInt8 ? 128 : 0;
  const int x = b.tensor("x", type, {1, 1, 1, 2}, 0.5F, zero);
  const int w = type == DType::kUInt8 ? b.constant<std::uint8_t>("w", {1, 1, 1, 2}, {1, 2}, {{0.5F}, {zero}, 0})
                                      : b.constant<std::int8_t>("w", {1, 1, 1, 2}, {1, 2}, {{0.5F}, {zero}, 0});
  const int bias = b.constant<std::int32_t>("bias", {1}, {0}, {{0.25F}, {0}, 0});
  const int y = b.tensor("y", type, {1, 1, 1, 1}, 1, zero);
  b.op("CONV_2D", {x, w, bias}, {y}, {{"padding", 0}});
  b.inputs({x}), b.outputs({y});
  change(b);
  return takes_first(profile_name, b);
}

const auto kNothing = [](ModelBuilder&) {};

TEST(Xnnpack, TypesByVersion) {
  EXPECT_TRUE(taken("litert-2.3-x86", DType::kInt8, kNothing));
  EXPECT_TRUE(taken("litert-2.1-arm64", DType::kUInt8, kNothing));
  EXPECT_FALSE(taken("tflite-2.14-x86", DType::kInt8, kNothing)) << "binary32 ops alone";
  EXPECT_FALSE(taken("litert-2.3-x86-builtin", DType::kInt8, kNothing)) << "no delegate";
}

TEST(Xnnpack, QuantizedDimensionsOfUint8WeightsAndBiases) {
  const auto weights = [](ModelBuilder& b) { b.graph().tensors[1].spec.quantization.axis = 3; };
  EXPECT_FALSE(taken("litert-2.3-x86", DType::kUInt8, weights));
  EXPECT_TRUE(taken("litert-2.3-x86", DType::kInt8, weights)) << "one scale: the dimension does not count";
  const auto bias = [](ModelBuilder& b) { b.graph().tensors[2].spec.quantization.axis = 1; };
  EXPECT_FALSE(taken("litert-2.3-x86", DType::kInt8, bias));
}

TEST(Xnnpack, ShapesThatTheFileLeavesOut) {
  EXPECT_FALSE(taken("litert-2.3-x86", DType::kInt8, [](ModelBuilder& b) { b.graph().tensors[3].spec.shape.clear(); }));
}

TEST(Xnnpack, PackedWeights) {
  EXPECT_FALSE(taken("litert-2.3-x86", DType::kInt8, [](ModelBuilder& b) { b.graph().tensors[1].packed_bits = 4; }));
}

TEST(Xnnpack, MeansByVersion) {
  const auto taken = [](const char* profile_name, std::vector<std::int32_t> axes, Shape shape) {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt8, std::move(shape), 0.5F, 0), y = b.tensor("y", DType::kInt8, {1}, 0.5F, 0);
    const int a = b.constant<std::int32_t>("axes", {static_cast<int>(axes.size())}, axes);
    b.op("MEAN", {x, a}, {y});
    b.inputs({x}), b.outputs({y});
    return takes_first(profile_name, b);
  };
  for (const char* early : {"tensorflow-2.13-x86", "tensorflow-2.17-x86"}) {
    EXPECT_TRUE(taken(early, {1, 2}, {1, 2, 2, 1}));
    EXPECT_TRUE(taken(early, {2, 1}, {1, 2, 2, 1}));
    EXPECT_FALSE(taken(early, {-3, -2}, {1, 2, 2, 1}));
    EXPECT_FALSE(taken(early, {1}, {1, 2, 2, 1}));
    EXPECT_FALSE(taken(early, {1, 2}, {2, 2, 1}));
  }
  EXPECT_TRUE(taken("tensorflow-2.19-x86", {1}, {4, 9}));
}

TEST(Xnnpack, AnActivationThatLeavesOneCodeByVersion) {
  const auto relu6 = [](float scale) {
    return [scale](ModelBuilder& b) {
      b.graph().tensors[3].spec.quantization = {{scale}, {127}, 0};
      b.graph().nodes[0].attributes = {{"padding", 0}, {"fused_activation_function", 3}};
    };
  };
  EXPECT_FALSE(taken("tensorflow-2.15-x86", DType::kInt8, relu6(32)));
  EXPECT_TRUE(taken("tensorflow-2.17-x86", DType::kInt8, relu6(32)));
}

}  // namespace
}  // namespace nputwin::test::xnnpack_delegate_test
