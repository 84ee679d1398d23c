// Which backend and which form of the epilogue runs, by name: a silent fall-back to the definition is a failure here.

#include "mac/backend.h"

#include <gmock/gmock.h>

#include "kernels/product/depthwise.h"
#include "kernels/product/product.h"

#include "support/mac_layers.h"

namespace nputwin::test::backend_test {
namespace {

using ::testing::HasSubstr;

template <typename F>
void change(SampleLayer& sample, F&& f) {
  LayerValues& shared = sample.layer.weights.values;
  std::vector<std::int16_t> values(shared.begin(), shared.end());
  f(values);
  shared = std::move(values);
}

std::unique_ptr<MacKernel> made(const SampleLayer& sample, const RequantizeRule& rule, const Isa& isa) {
  return make_mac_kernel(sample.layer, sample_epilogue(sample, rule, rule), {isa, 1});
}

/// The geometry that a backend is for; empty: only the definition is for it.
std::string geometry(Sample sample) {
  switch (sample) {
    case Sample::kConv1x1:
    case Sample::kConv3x3:
    case Sample::kGrouped:
    case Sample::kDilated:
    case Sample::kOneRow:
    case Sample::kManyRows:
      return "conv";
    case Sample::kDepthwise:
    case Sample::kDepthwiseMultiplier:
      return "depthwise";
    case Sample::kTransposed:
      return "transposed";
    case Sample::kMatrices:
      break;
  }
  return {};
}

/// The backend that is to take a layer of that geometry.
std::string expected(const std::string& geometry, DType type, const Isa& isa) {
  const bool codes = is_8bit(type);
  if (isa.scalar() || geometry.empty()) return "scalar";
  return (codes && product_bytes(isa).lanes != 0 ? "bytes_" : "int16_") + geometry;
}

TEST(MacBackend, IsTheOneForEachInstructionSetTypeAndShape) {
  for (const Isa& isa : available_isas()) {
    for (const Sample sample : kSamples) {
      for (const DType type : {DType::kInt8, DType::kUInt8, DType::kInt16}) {
        SampleLayer layer = sample_layer(sample, type, 1);
        // Weights of uint8 layers, less their zero point, need not fit a byte; depthwise layers of bytes ask for it.
        change(layer, [](auto& values) {
          for (std::int16_t& w : values) w = static_cast<std::int16_t>(w / 2);
        });
        const KernelForm form = made(layer, rules::kDouble, isa)->form();
        const std::string name = expected(geometry(sample), type, isa);
        EXPECT_EQ(form.name, name) << layer.description << " " << isa.name;
        EXPECT_EQ(form.isa, name == "scalar" ? "scalar" : isa.name) << layer.description;
        ASSERT_EQ(form.epilogues.size(), 1U);
        EXPECT_EQ(form.epilogues[0].name, name == "scalar" ? "scalar" : kGuardedForm)
            << layer.description << " " << isa.name;
      }
    }
  }
}

/// The two instruction sets whose forms differ.
TEST(MacBackend, HasADotProductOfBytesWhereTheProcessorDoes) {
  for (const Isa& isa : available_isas()) {
    const bool has = isa.name == "avx3_dl" || isa.name == "avx3_zen4";
    EXPECT_EQ(product_bytes(isa).lanes != 0, has) << isa.name;
    EXPECT_EQ(depthwise_bytes(isa).lanes != 0, has) << isa.name;
  }
}

TEST(MacBackend, SaysWhyItRefuses) {
  const Isa& isa = available_isas().front();
  if (isa.scalar()) GTEST_SKIP() << "this processor has no vectors";
  const auto refused = [&](Sample sample, DType type, const Isa& on, std::int64_t largest) {
    SampleLayer layer = sample_layer(sample, type, 1);
    layer.layer.weights.largest_accumulator = largest;
    return made(layer, rules::kDouble, on)->form().refused;
  };
  using Refusals = std::vector<KernelForm::Refusal>;
  const std::string asked = "the instruction set scalar was asked for";
  EXPECT_EQ(refused(Sample::kConv3x3, DType::kInt8, scalar_isa(), 1000),
            (Refusals{{"bytes_conv", asked}, {"int16_conv", asked}}));
  const std::string wide = "a sum can reach 5000000000, which 32 bits do not hold";
  EXPECT_EQ(refused(Sample::kOneRow, DType::kInt8, isa, 5000000000),
            (Refusals{{"bytes_conv", wide}, {"int16_conv", wide}}));
  EXPECT_EQ(refused(Sample::kDepthwise, DType::kInt8, isa, 5000000000).at(1), (Refusals{{"int16_depthwise", wide}}[0]));
  EXPECT_EQ(refused(Sample::kDepthwise, DType::kInt16, isa, 1000),
            (Refusals{{"bytes_depthwise", "it takes 8-bit codes, the layer has int16"}}));
  EXPECT_THAT(refused(Sample::kMatrices, DType::kInt8, isa, 1000).at(0).reason,
              HasSubstr("computed while the model runs"));
}

TEST(MacBackend, RefusesWeightsThatAreNoBytes) {
  const Isa& isa = available_isas().front();
  if (isa.scalar()) GTEST_SKIP() << "this processor has no vectors";
  SampleLayer conv = sample_layer(Sample::kConv1x1, DType::kUInt8, 1);
  change(conv, [](auto& values) { values[0] = -100, values[1] = 156; });
  EXPECT_EQ(made(conv, rules::kDouble, isa)->form().refused.back().reason,
            "the weights of a channel differ by more than 255");
  if (depthwise_bytes(isa).lanes == 0) return;
  SampleLayer depthwise = sample_layer(Sample::kDepthwise, DType::kUInt8, 1);
  change(depthwise, [](auto& values) { values[0] = 128; });
  EXPECT_EQ(
      made(depthwise, rules::kDouble, isa)->form().refused,
      (std::vector<KernelForm::Refusal>{{"bytes_depthwise", "a weight less its zero point does not fit a byte"}}));
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

TEST(Epilogue, SaysWhyItHasNoFormInRegisters) {
  const Isa& isa = available_isas().front();
  if (isa.scalar()) GTEST_SKIP() << "this processor has no vectors";
  SampleLayer sample;
  sample.layer.weights.largest_accumulator = 100000;
  sample.channels = 19;
  sample.output.type = DType::kInt8;
  EXPECT_EQ(sample_epilogue(sample, rules::kF32, rules::kReal64).form(isa).name, kGuardedForm);
  EXPECT_EQ(sample_epilogue(sample, rules::kF32, rules::kReal64).form(scalar_isa()).refused.at(0).reason,
            kScalarAskedFor);
  sample.layer.weights.largest_accumulator = 5000000000;
  EXPECT_EQ(
      sample_epilogue(sample, rules::kF32, rules::kF32).form(isa).refused,
      (std::vector<KernelForm::Refusal>{{kGuardedForm, "a sum can reach 5000000000, which 32 bits do not hold"}}));
}

TEST(MacLayer, IsEqualToAnotherWhereTheSumsAre) {
  const SampleLayer sample = sample_layer(Sample::kConv3x3, DType::kInt8, 1);
  SampleLayer changed = sample;
  EXPECT_EQ(changed.layer, sample.layer);
  change(changed, [](auto& values) { values.back() += 1; });
  EXPECT_NE(changed.layer, sample.layer);
  change(changed, [](auto& values) { values.back() -= 1; });
  EXPECT_EQ(changed.layer, sample.layer) << "equal values that are not shared";
  MacLayer other = sample.layer;
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
