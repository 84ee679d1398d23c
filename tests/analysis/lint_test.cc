// Every lint rule: a model that has the fault, and one that has not.

#include "analysis/lint/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "profile/profile.h"
#include "profile/variant.h"
#include "support/model_builder.h"

namespace nputwin::test::lint_test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What a model of one CONV_2D 1x1 from 4 to 2 channels has. The default is in order.
struct Conv {
  float in = 0.0371F, out = 0.0853F;
  std::int32_t in_zero = -3, out_zero = 5;
  std::vector<float> scales = {0.00713F, 0.00917F};
  std::vector<std::int32_t> zeros = {0, 0};
  int axis = 0;
  std::vector<std::int8_t> weights = {127, -3, 17, 70, -127, 9, 2, 33};
  std::vector<std::int32_t> bias = {11, -7};
  Quantization bias_quantization = {};
  std::int64_t activation = 0;
  int version = 3;
};

std::shared_ptr<const Model> model_of(const Conv& c) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4, 4, 4}, c.in, c.in_zero);
  const int w = b.constant<std::int8_t>("w", {2, 1, 1, 4}, c.weights, {c.scales, c.zeros, c.axis});
  const int bias = b.constant<std::int32_t>("bias", {2}, c.bias, c.bias_quantization);
  const int y = b.tensor("y", DType::kInt8, {1, 4, 4, 2}, c.out, c.out_zero);
  b.op("CONV_2D", {x, w, bias}, {y}, {{"stride_h", 1}, {"stride_w", 1}, {"fused_activation_function", c.activation}});
  b.graph().nodes.back().version = c.version;
  b.inputs({x}), b.outputs({y});
  return b.read();
}

/// One op from `in` to `out`, int8 and of one shape, or of those that are given.
std::shared_ptr<const Model> one_op(const std::string& op, float in, std::int32_t in_zero, float out,
                                    std::int32_t out_zero, const Attributes& attributes = {},
                                    const Shape& shape = {1, 16}, const Shape& made = {}) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, shape, in, in_zero);
  const int y = b.tensor("y", DType::kInt8, made.empty() ? shape : made, out, out_zero);
  b.op(op, {x}, {y}, attributes);
  b.inputs({x}), b.outputs({y});
  return b.read();
}

std::vector<Finding> found(const std::shared_ptr<const Model>& model, const std::string& rule,
                           const std::vector<std::string>& profiles = {},
                           const std::vector<InputArgument>& inputs = {}) {
  LintOptions options;
  options.rules = {rule};
  options.inputs = inputs;
  for (const std::string& name : profiles) options.profiles.push_back(find_profile(name).value());
  auto findings = lint(model, options);
  EXPECT_TRUE(findings) << (findings ? "" : findings.error().message);
  return findings ? *findings : std::vector<Finding>();
}

std::vector<Finding> found(const Conv& conv, const std::string& rule, const std::vector<std::string>& profiles = {},
                           const std::vector<InputArgument>& inputs = {}) {
  return found(model_of(conv), rule, profiles, inputs);
}

/// The one finding, of that severity and with that in its reason.
void expect_one(const std::vector<Finding>& findings, Severity severity, const std::string& reason) {
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(name(findings[0].severity), name(severity));
  EXPECT_THAT(findings[0].reason, HasSubstr(reason));
  EXPECT_FALSE(findings[0].fix.empty());
}

TEST(Lint, NothingIsWrongWithALayerInOrder) {
  auto findings = lint(model_of({}), {});
  ASSERT_TRUE(findings);
  EXPECT_THAT(*findings, IsEmpty());
}

TEST(Lint, ARuleNobodyKnowsIsAnError) {
  LintOptions options;
  options.skipped = {"bias_scael"};
  const auto findings = lint(model_of({}), options);
  ASSERT_FALSE(findings);
  EXPECT_THAT(findings.error().message, HasSubstr("did you mean 'bias_scale'?"));
}

TEST(Lint, FileKind) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kFloat32, {1, 4});
  const int w = b.constant<std::int8_t>("w", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8}, {{0.1F}, {0}, 0});
  const int y = b.tensor("y", DType::kFloat32, {1, 2});
  b.op("FULLY_CONNECTED", {x, w}, {y});
  b.inputs({x}), b.outputs({y});
  expect_one(found(b.read(), "file_kind"), Severity::kError, "dynamic-range");
  EXPECT_THAT(found(Conv{}, "file_kind"), IsEmpty());
}

TEST(Lint, ScaleValues) {
  Conv denormal;
  denormal.out = 1e-39F;
  expect_one(found(denormal, "scale_values"), Severity::kWarning, "denormal");
  Conv beyond;
  beyond.in_zero = 200;
  expect_one(found(beyond, "scale_values"), Severity::kError, "zero point 200 is outside the codes of int8");
  Conv none;
  none.out = 0;
  expect_one(found(none, "scale_values"), Severity::kError, "it is int8 and its scale is 0, or it has none");
  EXPECT_THAT(found(Conv{}, "scale_values"), IsEmpty());

  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt16, {1, 4}, 0.1F, 3);
  const int y = b.tensor("y", DType::kInt16, {1, 4}, 0.1F);
  b.op("ABS", {x}, {y});
  b.inputs({x}), b.outputs({y});
  expect_one(found(b.read(), "scale_values"), Severity::kError, "int16 with zero point 3");
}

TEST(Lint, ChannelScales) {
  Conv axis;
  axis.axis = 3;
  expect_one(found(axis, "channel_scales"), Severity::kError, "is 3, but output channels are axis 0");
  Conv three;
  three.scales = {0.1F, 0.2F, 0.3F}, three.zeros = {0, 0, 0};
  expect_one(found(three, "channel_scales"), Severity::kError, "3 scales, and 2 output channels");
  EXPECT_THAT(found(Conv{}, "channel_scales"), IsEmpty());
  Conv one;
  one.scales = {0.1F}, one.zeros = {0};
  EXPECT_THAT(found(one, "channel_scales"), IsEmpty());
}

TEST(Lint, FixedScales) {
  const Attributes beta{{"beta", 1.0}};
  expect_one(found(one_op("SOFTMAX", 0.1F, 0, 0.01F, -128, beta), "fixed_scales"), Severity::kError, "1/256 and -128");
  expect_one(found(one_op("TANH", 0.1F, 0, 0.01F, 0), "fixed_scales"), Severity::kWarning, "1/128 and 0");
  EXPECT_THAT(found(one_op("SOFTMAX", 0.1F, 0, 1.0F / 256, -128, beta), "fixed_scales"), IsEmpty());
  EXPECT_THAT(found(one_op("TANH", 0.1F, 0, 1.0F / 128, 0), "fixed_scales"), IsEmpty());
}

TEST(Lint, UnequalScales) {
  const Attributes pool{{"stride_h", 2}, {"stride_w", 2}, {"filter_height", 2}, {"filter_width", 2}, {"padding", 1}};
  for (const auto& [op, attributes] :
       {std::pair<std::string, Attributes>{"MAX_POOL_2D", pool}, {"AVERAGE_POOL_2D", pool}}) {
    expect_one(found(one_op(op, 0.1F, 0, 0.2F, 0, attributes, {1, 4, 4, 1}, {1, 2, 2, 1}), "unequal_scales"),
               Severity::kError, "TFLite moves the codes");
    EXPECT_THAT(found(one_op(op, 0.1F, 0, 0.1F, 0, attributes, {1, 4, 4, 1}, {1, 2, 2, 1}), "unequal_scales"),
                IsEmpty());
  }
  for (const float second : {0.1F, 0.2F}) {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt8, {1, 4}, 0.1F), z = b.tensor("z", DType::kInt8, {1, 4}, second);
    const int y = b.tensor("y", DType::kInt8, {1, 8}, 0.1F);
    b.op("CONCATENATION", {x, z}, {y}, {{"axis", 1}});
    b.inputs({x, z}), b.outputs({y});
    EXPECT_EQ(found(b.read(), "unequal_scales").size(), second == 0.1F ? 0U : 1U);
  }
}

TEST(Lint, BiasScale) {
  const Conv good;
  Conv conv;
  conv.bias_quantization = {{good.in * good.scales[0], good.in * good.scales[1]}, {0, 0}, 0};
  EXPECT_THAT(found(conv, "bias_scale"), IsEmpty());
  conv.bias = {100000, -7};
  EXPECT_THAT(found(conv, "bias_scale"), IsEmpty());
  conv.bias_quantization.scale[0] *= 1.01F;  // off by 0.01 * 100000 * s_in * s_w / s_out = 3.1 codes
  expect_one(found(conv, "bias_scale"), Severity::kWarning, "off by 3.1 codes (channel 0; 1 of 2 channels)");
  conv.bias = {3000, -7};
  expect_one(found(conv, "bias_scale"), Severity::kNote, "off by 0.093 codes");
  conv.bias = {100, -7};  // 0.003 codes
  EXPECT_THAT(found(conv, "bias_scale"), IsEmpty());
  conv.bias_quantization.zero_point = {0, 4};
  expect_one(found(conv, "bias_scale"), Severity::kWarning, "zero point that is not 0");
}

TEST(Lint, RefusedByReleases) {
  Conv conv;
  conv.version = 8;
  expect_one(found(conv, "refused"), Severity::kNote, "the model asks for its version 8, tflite-2.9.1 has 1 to 6");
  conv.version = 90;
  expect_one(found(conv, "refused"), Severity::kError, "no runtime computes it: the model asks for its version 90");
  EXPECT_THAT(found(Conv{}, "refused"), IsEmpty());
}

TEST(Lint, RefusedByProfiles) {
  Conv conv;
  conv.version = 8;
  const auto findings = found(conv, "refused", {"tflite-2.9.1-arm64", "litert-2.3-x86", "vip-v8"});
  expect_one(findings, Severity::kError, "version 8");
  EXPECT_EQ(findings[0].profile, "tflite-2.9.1-arm64");
}

TEST(Lint, WhatASpecificRuleSaysIsNotRefusedAgain) {
  Conv axis;
  axis.axis = 3;
  auto findings = lint(model_of(axis), {});
  ASSERT_TRUE(findings);
  ASSERT_EQ(findings->size(), 1U);
  EXPECT_EQ(findings->front().rule, "channel_scales");
  EXPECT_EQ(found(axis, "refused").size(), 1U);
}

TEST(Lint, AssumedRules) {
  const Attributes mean{{"keep_dims", 1}};
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4, 4, 1}, 0.1F);
  const int axes = b.constant<std::int32_t>("axes", {2}, {1, 2});
  const int y = b.tensor("y", DType::kInt8, {1, 1, 1, 1}, 0.13F);
  b.op("MEAN", {x, axes}, {y}, mean);
  b.inputs({x}), b.outputs({y});
  expect_one(found(b.read(), "assumed_rules", {"vip-v8"}), Severity::kNote, "the rule of mean is only assumed");
  EXPECT_THAT(found(b.read(), "assumed_rules", {"tflite-2.9.1-arm64"}), IsEmpty());
}

TEST(Lint, Cautions) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4}, 0.1F);
  const int w = b.constant<std::int8_t>("w", {2, 4}, {127, 2, 3, 4, 127, 6, 7, 8}, {{0.01F, 0.02F}, {0, 0}, 0});
  const int y = b.tensor("y", DType::kInt8, {1, 2}, 0.13F);
  b.op("FULLY_CONNECTED", {x, w}, {y});
  b.inputs({x}), b.outputs({y});
  const auto findings = found(b.read(), "cautions", {"tflite-2.9.1-arm64-ref", "vip-v8"});
  expect_one(findings, Severity::kWarning, "the kernel reads one of the tensor, which is 0");
  EXPECT_EQ(findings[0].fix, "quantize 'w' with one scale");
  EXPECT_THAT(found(Conv{}, "cautions", {"tflite-2.9.1-arm64-ref"}), IsEmpty());
}

TEST(Lint, LeftOnCpu) {
  const auto placed = resolve_profile("vx(vip-v8)+tflite-2.9.1-arm64");
  ASSERT_TRUE(placed);
  LintOptions options;
  options.profiles = {*placed};
  options.rules = {"left_on_cpu"};
  EXPECT_THAT(lint(model_of({}), options).value(), IsEmpty());
  options.session.on_cpu = {"CONV_2D"};
  expect_one(lint(model_of({}), options).value(), Severity::kWarning, "op 0 is left to the CPU: ");
}

TEST(Lint, WillDiffer) {
  const auto findings = found(Conv{}, "will_differ", {"tflite-2.9.1-arm64", "vip-v8"});
  expect_one(findings, Severity::kWarning, "convolution will differ in op 0");
  EXPECT_EQ(findings[0].profile, "tflite-2.9.1-arm64 and vip-v8");
  EXPECT_THAT(found(Conv{}, "will_differ", {"vip-v8", "vip-v8"}), IsEmpty());
  EXPECT_THAT(found(Conv{}, "will_differ", {"vip-v8"}), IsEmpty());
}

TEST(Lint, Accumulator) {
  Conv conv;
  conv.bias = {INT32_MAX - 5, 0};
  expect_one(found(conv, "accumulator"), Severity::kWarning, "the sum of 1 of 2 channels can leave 32 bits");
  conv.bias = {INT32_MAX - 217 * 130, 0};  // sum of |w| = 217, largest |x - zp| = 130
  EXPECT_THAT(found(conv, "accumulator"), IsEmpty());
}

TEST(Lint, Multipliers) {
  Conv conv;
  conv.out = conv.in * conv.scales[1] / 1.7F;
  expect_one(found(conv, "multipliers"), Severity::kNote, "up to 1.7 (all 2 channels at 1 and more)");
  conv.out = conv.in * conv.scales[1] / 300.0F;
  expect_one(found(conv, "multipliers"), Severity::kWarning, "XNNPACK");
  EXPECT_THAT(found(Conv{}, "multipliers"), IsEmpty());
}

TEST(Lint, DeadChannels) {
  Conv conv;
  conv.weights = {0, 0, 0, 0, -127, 9, 2, 33};
  expect_one(found(conv, "dead_channels"), Severity::kNote, "one code whatever the input in 1 of 2 channels: weights");
  conv.out = 1000;
  expect_one(found(conv, "dead_channels"), Severity::kWarning, "all 2 channels");
  EXPECT_THAT(found(Conv{}, "dead_channels"), IsEmpty());
}

TEST(Lint, Ties) {
  Conv conv;
  conv.in = 0.5F, conv.out = 2, conv.scales = {3.0F / 64, 1.0F / 3};                     // M = 3/256 and 1/12
  expect_one(found(conv, "ties"), Severity::kWarning, "4.4 % of the sums are halfway");  // (1/256 + 1/12) / 2
  conv.scales = {3.0F / 64, 1.0F / 60};                                                  // M = 3/256 and 1/240
  expect_one(found(conv, "ties"), Severity::kNote, "0.4 % of the sums");
  conv.scales = {4.0F / 9, 4.0F / 15};  // M = 1/9 and 1/15: never halfway
  EXPECT_THAT(found(conv, "ties"), IsEmpty());
  EXPECT_THAT(found(Conv{}, "ties"), IsEmpty());
}

TEST(Lint, TiesOfAverages) {
  const auto pool = [](int size) {
    return one_op(
        "AVERAGE_POOL_2D", 0.1F, 0, 0.1F, 0,
        {{"stride_h", size}, {"stride_w", size}, {"filter_height", size}, {"filter_width", size}, {"padding", 1}},
        {1, 6, 6, 1}, {1, 6 / size, 6 / size, 1});
  };
  expect_one(found(pool(2), "ties"), Severity::kWarning,
             "25 % of the sums are halfway between two codes (it averages 4");
  EXPECT_THAT(found(pool(3), "ties"), IsEmpty());
}

/// x -> DEQUANTIZE -> op in float32 -> QUANTIZE, or without the op.
std::shared_ptr<const Model> through_float(bool with_op) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4}, 0.1F), f = b.tensor("f", DType::kFloat32, {1, 4});
  const int g = b.tensor("g", DType::kFloat32, {1, 4}), y = b.tensor("y", DType::kInt8, {1, 4}, 0.3F);
  b.op("DEQUANTIZE", {x}, {f});
  if (with_op) b.op("ABS", {f}, {g});
  b.op("QUANTIZE", {with_op ? g : f}, {y});
  b.inputs({x}), b.outputs({y});
  return b.read();
}

TEST(Lint, FloatOps) {
  expect_one(found(through_float(true), "float_ops"), Severity::kWarning, "op 1 computes in float32 between");
  EXPECT_THAT(found(through_float(false), "float_ops"), IsEmpty());
  EXPECT_THAT(found(Conv{}, "float_ops"), IsEmpty());
}

TEST(Lint, Rescaling) {
  expect_one(found(through_float(false), "rescaling"), Severity::kWarning, "in a row");
  EXPECT_THAT(found(through_float(true), "rescaling"), IsEmpty());
  expect_one(found(one_op("QUANTIZE", 0.1F, 0, 0.3F, 0), "rescaling"), Severity::kNote, "codes of scale 0.1 become");
  ModelBuilder b;
  const int x = b.tensor("x", DType::kUInt8, {1, 4}, 0.1F, 128), y = b.tensor("y", DType::kInt8, {1, 4}, 0.1F, 0);
  b.op("QUANTIZE", {x}, {y});
  b.inputs({x}), b.outputs({y});
  EXPECT_THAT(found(b.read(), "rescaling"), IsEmpty());
}

TEST(Lint, WeightRange) {
  Conv conv;
  conv.weights = {12, -3, 17, 7, -12, 9, 2, 33};
  expect_one(found(conv, "weight_range"), Severity::kWarning,
             "weights of fewer than 64 steps, of 127, in all 2 channels (least: 17)");
  conv.scales = {0.1F}, conv.zeros = {0};
  expect_one(found(conv, "weight_range"), Severity::kWarning, "its largest weight is 33 steps");
  EXPECT_THAT(found(Conv{}, "weight_range"), IsEmpty());
}

TEST(Lint, EqualChannelScales) {
  Conv conv;
  conv.scales = {0.00713F, 0.00713F};
  expect_one(found(conv, "equal_channel_scales"), Severity::kNote,
             "all 2 channels of its weights have the scale 0.00713");
  EXPECT_THAT(found(Conv{}, "equal_channel_scales"), IsEmpty());
}

TEST(Lint, Saturation) {
  Conv conv;
  conv.out = 0.01F;  // the output's range is a tenth of what the sums are
  const auto findings = found(conv, "saturation", {}, {"noise:1"});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(name(findings[0].severity), "warning");
  EXPECT_THAT(findings[0].reason, HasSubstr("of its outputs are at the end of int8's range"));
  EXPECT_THAT(found(conv, "saturation"), IsEmpty());  // nothing is run
  conv.activation = 3;  // RELU6 with 6 / 0.01 beyond the range: the upper end is its bound
  EXPECT_THAT(found(conv, "saturation", {}, {"noise:1"}), IsEmpty());
  conv.activation = 0, conv.out = 6.0F / 255, conv.out_zero = -128;  // what is left of a RELU6 that was folded
  conv.scales = {0.2F, 0.2F};
  EXPECT_THAT(found(conv, "saturation", {}, {"noise:1"}), IsEmpty());
  conv.out = 5.0F / 255;
  EXPECT_EQ(found(conv, "saturation", {}, {"noise:1"}).size(), 1U);
  EXPECT_THAT(found(Conv{}, "saturation", {}, {"noise:1"}), IsEmpty());
}

TEST(Lint, ConstantOutputs) {
  Conv conv;
  conv.out = 1000;
  expect_one(found(conv, "constant_outputs", {}, {"noise:1"}), Severity::kWarning, "the same for 2 different inputs");
  expect_one(found(conv, "constant_outputs", {}, {"noise:1..4"}), Severity::kWarning,
             "the same for 4 different inputs");
  EXPECT_THAT(found(Conv{}, "constant_outputs", {}, {"noise:1"}), IsEmpty());
}

}  // namespace
}  // namespace nputwin::test::lint_test
