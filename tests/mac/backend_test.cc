// Which backend and which form of the epilogue runs, by name: a silent fall-back to the definition is a failure here.

#include "mac/backend.h"

#include <gmock/gmock.h>

#include "support/mac_layers.h"

namespace nputwin::test::backend_test {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<MacKernel> made(const SampleLayer& sample, const RequantizeRule& rule, const Isa& isa) {
  return make_mac_kernel(sample.layer, sample_epilogue(sample, rule, rule, isa), {isa, 1});
}

/// The backend that is to take a layer where there are vectors.
std::string expected(Sample sample, DType type) {
  switch (sample) {
    case Sample::kConv1x1:
    case Sample::kConv3x3:
    case Sample::kGrouped:
    case Sample::kDilated:
      return "packed_int16_conv";
    case Sample::kDepthwise:
    case Sample::kDepthwiseMultiplier:
      return is_8bit(type) ? "depthwise_int16" : "scalar";
    case Sample::kTransposed:
      return "packed_int16_transposed";
    case Sample::kOneRow:
    case Sample::kManyRows:
      return "packed_int16_rows";
    case Sample::kMatrices:
      break;
  }
  return "scalar";
}

TEST(MacBackend, IsTheOneForEachInstructionSetTypeAndShape) {
  for (const Isa& isa : available_isas()) {
    for (const Sample sample : kSamples) {
      for (const DType type : {DType::kInt8, DType::kUInt8, DType::kInt16}) {
        const SampleLayer layer = sample_layer(sample, type, 1);
        const KernelForm form = made(layer, rules::kDouble, isa)->form();
        const std::string name = isa.scalar() ? "scalar" : expected(sample, type);
        EXPECT_EQ(form.name, name) << layer.description << " " << isa.name;
        EXPECT_EQ(form.isa, name == "scalar" ? "scalar" : isa.name) << layer.description;
        ASSERT_EQ(form.refused.size(), name == "scalar" ? 1U : 0U) << layer.description << " " << isa.name;
        ASSERT_EQ(form.epilogues.size(), 1U);
        EXPECT_EQ(form.epilogues[0].name, name == "scalar" || !is_8bit(type) ? "scalar" : "high_product")
            << layer.description << " " << isa.name;
      }
    }
  }
}

TEST(MacBackend, SaysWhyItRefuses) {
  const Isa& isa = available_isas().front();
  if (isa.scalar()) GTEST_SKIP() << "this processor has no vectors";
  const auto reason = [&](Sample sample, DType type, const Isa& on, std::int64_t largest) {
    SampleLayer layer = sample_layer(sample, type, 1);
    layer.layer.weights.largest_accumulator = layer.layer.weights.largest_raw = largest;
    return made(layer, rules::kDouble, on)->form().refused.at(0);
  };
  const auto conv = reason(Sample::kConv3x3, DType::kInt8, scalar_isa(), 1000);
  EXPECT_EQ(conv.form, "packed_int16_conv");
  EXPECT_EQ(conv.reason, "the instruction set scalar was asked for");
  EXPECT_EQ(reason(Sample::kOneRow, DType::kInt8, isa, 5000000000).reason,
            "a partial sum can reach 5000000000, which 32 bits do not hold");
  EXPECT_EQ(reason(Sample::kDepthwise, DType::kInt8, isa, 5000000000).reason,
            "a partial sum can reach 5000000000, which 32 bits do not hold");
  EXPECT_EQ(reason(Sample::kDepthwise, DType::kInt16, isa, 1000).reason, "it takes 8-bit codes, the layer has int16");
  EXPECT_THAT(reason(Sample::kMatrices, DType::kInt8, isa, 1000).reason, HasSubstr("computed while the model runs"));
}

TEST(MacBackend, TheLastOneIsTheDefinitionAndRefusesNothing) {
  const MacBackend& last = *mac_backends().back();
  EXPECT_EQ(last.name, "scalar");
  for (const Sample sample : kSamples) {
    const SampleLayer layer = sample_layer(sample, DType::kInt8, 1);
    EXPECT_TRUE(last.is_for(layer.layer.taps));
    EXPECT_EQ(last.refuses(layer.layer, {available_isas().front(), 1}), "");
  }
}

/// The remainder's rule counts only where there is a remainder.
TEST(Epilogue, NamesTheFormOfEachOfItsRules) {
  const Isa& isa = available_isas().front();
  if (isa.scalar()) GTEST_SKIP() << "this processor has no vectors";
  SampleLayer sample;
  sample.output.type = DType::kInt8;
  sample.layer.weights.largest_accumulator = 100000;
  sample.channels = 19;
  const auto forms = sample_epilogue(sample, rules::kF32, rules::kReal64, isa).forms();
  ASSERT_EQ(forms.size(), 2U);
  EXPECT_EQ(forms[0].name, "binary32");
  EXPECT_EQ(forms[1].name, "scalar");
  sample.channels = 16;
  EXPECT_EQ(sample_epilogue(sample, rules::kF32, rules::kReal64, isa).forms().size(), 1U);
}

TEST(MacLayer, IsEqualToAnotherWhereTheSumsAre) {
  const SampleLayer sample = sample_layer(Sample::kConv3x3, DType::kInt8, 1);
  MacLayer other = sample.layer;
  EXPECT_EQ(other, sample.layer);
  other.weights.values.back() += 1;
  EXPECT_NE(other, sample.layer);
  other = sample.layer;
  other.weights.bias.back() += 1;
  EXPECT_NE(other, sample.layer);
  other = sample.layer;
  other.input_zero += 1;
  EXPECT_NE(other, sample.layer);
  other = sample.layer, std::get<ConvTaps>(other.taps).window.x.stride += 1;
  EXPECT_NE(other, sample.layer);
}

}  // namespace
}  // namespace nputwin::test::backend_test
