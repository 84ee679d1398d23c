// CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED by hand-computed values, ties and overflow.

#include <gtest/gtest.h>

#include <numeric>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::convolution_test {
namespace {

using testing_codes = std::vector<std::int8_t>;

Profile profile(const char* name) { return find_profile(name).value(); }

/// A 1x1 convolution whose accumulator of channel c is biases[c] (the input is its zero point), M = s_in * 1
/// / 1.
std::vector<std::int8_t> convolve_biases(const std::vector<std::int32_t>& biases, float m, int zero_point,
                                         const Profile& p, const Isa& isa, int activation = 0) {
  ModelBuilder b;
  const int n = static_cast<int>(biases.size());
  const int x = b.tensor("x", DType::kInt8, {1, 1, 2, 1}, m, -5);
  const int w =
      b.constant<std::int8_t>("w", {n, 1, 1, 1}, std::vector<std::int8_t>(biases.size(), 1), {{1.0F}, {0}, 0});
  const int bias = b.constant<std::int32_t>("b", {n}, biases);
  const int y = b.tensor("y", DType::kInt8, {1, 1, 2, n}, 1.0F, zero_point);
  b.op("CONV_2D", {x, w, bias}, {y},
       {{"padding", 1}, {"stride_h", 1}, {"stride_w", 1}, {"fused_activation_function", activation}});
  b.inputs({x}), b.outputs({y});
  const auto out = run_model(b.read(), p, {to_bytes(testing_codes{-5, -5})}, isa);
  const auto codes = from_bytes<std::int8_t>(out.at(0));
  return {codes.begin(), codes.begin() + n};
}

TEST(Conv2D, EachProfileBreaksTiesByItsRule) {
  const std::vector<std::int32_t> biases{-7, -5, -3, -1, 1, 3, 5, 7};  // halves with M = 1/2
  const std::vector<std::int32_t> quarters{-14, -10, -6, -2, 2, 6, 10, 14};
  for (const Isa& isa : available_isas()) {
    EXPECT_EQ(convolve_biases(quarters, 0.25F, 0, profile("tflite-2.9.1-arm64"), isa),
              (testing_codes{-4, -3, -2, -1, 1, 2, 3, 4}));
    EXPECT_EQ(convolve_biases(biases, 0.5F, 0, profile("litert-2.1-arm64-builtin"), isa),
              (testing_codes{-3, -2, -1, 0, 1, 2, 3, 4}));
    EXPECT_EQ(convolve_biases(biases, 0.5F, 0, profile("litert-2.3-x86"), isa),
              (testing_codes{-4, -2, -2, 0, 0, 2, 2, 4}));
    EXPECT_EQ(convolve_biases(biases, 0.5F, 0, profile("vip-v8"), isa), (testing_codes{-4, -2, -2, 0, 0, 2, 2, 4}));
    EXPECT_EQ(convolve_biases(biases, 0.5F, 1, profile("vip-v8"), isa), (testing_codes{-2, -2, 0, 0, 2, 2, 4, 4}));
  }
}

TEST(Conv2D, FusedActivationsClampAtTheirCodes) {
  const std::vector<std::int32_t> biases{-300, -4, 0, 4, 300};
  const Profile p = profile("tflite-2.9.1-arm64");
  EXPECT_EQ(convolve_biases(biases, 1.0F, -3, p, scalar_isa(), 0), (testing_codes{-128, -7, -3, 1, 127}));
  EXPECT_EQ(convolve_biases(biases, 1.0F, -3, p, scalar_isa(), 1), (testing_codes{-3, -3, -3, 1, 127}));
  EXPECT_EQ(convolve_biases(biases, 1.0F, -3, p, scalar_isa(), 2), (testing_codes{-4, -4, -3, -2, -2}));
  EXPECT_EQ(convolve_biases(biases, 1.0F, -3, p, scalar_isa(), 3), (testing_codes{-3, -3, -3, 1, 3}));
}

/// 3x3 ones over a 3x3 input of ones.
std::vector<std::int8_t> count_taps(int padding, int stride, int dilation) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 5, 5, 1}, 1.0F, 10);
  const int w = b.constant<std::int8_t>("w", {1, 3, 3, 1}, std::vector<std::int8_t>(9, 1), {{1.0F}, {0}, 0});
  const int y = b.tensor("y", DType::kInt8, {}, 1.0F, 0);
  b.op("CONV_2D", {x, w}, {y},
       {{"padding", padding},
        {"stride_h", stride},
        {"stride_w", stride},
        {"dilation_h_factor", dilation},
        {"dilation_w_factor", dilation}});
  b.inputs({x}), b.outputs({y});
  return from_bytes<std::int8_t>(
      run_model(b.read(), profile("vip-v8"), {to_bytes(testing_codes(25, 11))}, available_isas()[0]).at(0));
}

TEST(Conv2D, PaddingCountsAsTheZeroPoint) {
  EXPECT_EQ(count_taps(0, 1, 1),
            (testing_codes{4, 6, 6, 6, 4, 6, 9, 9, 9, 6, 6, 9, 9, 9, 6, 6, 9, 9, 9, 6, 4, 6, 6, 6, 4}));
  EXPECT_EQ(count_taps(1, 1, 1), testing_codes(9, 9));
  EXPECT_EQ(count_taps(0, 2, 1), (testing_codes{4, 6, 4, 6, 9, 6, 4, 6, 4}));
  EXPECT_EQ(count_taps(1, 1, 2), testing_codes(1, 9));
}

TEST(Conv2D, AccumulatorBeyondInt32WrapsOrSaturates) {
  // 2^31 - 1 from the bias and 2 more from the product.
  const auto overflow = [](const char* name, const Isa& isa) {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt8, {1, 1, 1, 1}, 1.0F, 0);
    const int w = b.constant<std::int8_t>("w", {1, 1, 1, 1}, {1}, {{1.0F}, {0}, 0});
    const int bias = b.constant<std::int32_t>("b", {1}, {INT32_MAX});
    const int y = b.tensor("y", DType::kInt8, {}, 1.0e7F, 0);
    b.op("CONV_2D", {x, w, bias}, {y}, {{"stride_h", 1}, {"stride_w", 1}});
    b.inputs({x}), b.outputs({y});
    return from_bytes<std::int8_t>(run_model(b.read(), profile(name), {to_bytes(testing_codes{2})}, isa).at(0)).at(0);
  };
  for (const Isa& isa : available_isas()) {
    EXPECT_EQ(overflow("tflite-2.9.1-arm64-ref", isa), -128);  // wraps to -2^31 + 1
    EXPECT_EQ(overflow("vip-v8", isa), 127);
  }
}

TEST(DepthwiseConv2D, ChannelMultiplierTakesEachInputChannelInTurn) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kUInt8, {1, 1, 1, 2}, 1.0F, 0);
  const int w = b.constant<std::uint8_t>("w", {1, 1, 1, 6}, {1, 2, 3, 4, 5, 6}, {{1.0F}, {0}, 0});
  const int y = b.tensor("y", DType::kUInt8, {}, 1.0F, 0);
  const int bias = b.constant<std::int32_t>("b", {6}, std::vector<std::int32_t>(6, 0));
  b.op("DEPTHWISE_CONV_2D", {x, w, bias}, {y}, {{"stride_h", 1}, {"stride_w", 1}, {"depth_multiplier", 3}});
  b.inputs({x}), b.outputs({y});
  for (const Isa& isa : available_isas()) {
    const auto out = run_model(b.read(), profile("litert-2.3-x86"), {to_bytes(std::vector<std::uint8_t>{10, 1})}, isa);
    EXPECT_EQ(from_bytes<std::uint8_t>(out.at(0)), (std::vector<std::uint8_t>{10, 20, 30, 4, 5, 6}));
  }
}

TEST(DepthwiseConv2D, LastChannelsOfABlockFollowTheirOwnRule) {
  // 9 channels, accumulators -10 with M = 1/4 (-2.5): blocks of 8 round up on AArch64's int8 kernel, the
  // ninth away from zero.
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 1, 1, 9}, 0.25F, 0);
  const int w = b.constant<std::int8_t>("w", {1, 1, 1, 9}, std::vector<std::int8_t>(9, 1), {{1.0F}, {0}, 3});
  const int bias = b.constant<std::int32_t>("b", {9}, std::vector<std::int32_t>(9, -10));
  const int y = b.tensor("y", DType::kInt8, {}, 1.0F, 0);
  b.op("DEPTHWISE_CONV_2D", {x, w, bias}, {y}, {{"stride_h", 1}, {"stride_w", 1}, {"depth_multiplier", 1}});
  b.inputs({x}), b.outputs({y});
  for (const Isa& isa : available_isas()) {
    const auto out = run_model(b.read(), profile("tflite-2.9.1-arm64"), {to_bytes(testing_codes(9, 0))}, isa);
    EXPECT_EQ(from_bytes<std::int8_t>(out.at(0)), (testing_codes{-2, -2, -2, -2, -2, -2, -2, -2, -3}));
  }
}

TEST(FullyConnected, ReadsRowsWhateverTheShape) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {2, 1, 2}, 1.0F, 1);
  const int w = b.constant<std::int8_t>("w", {3, 2}, {1, 0, 0, 1, 1, 1}, {{1.0F}, {0}, 0});
  const int bias = b.constant<std::int32_t>("b", {3}, {0, 0, 100});
  const int y = b.tensor("y", DType::kInt8, {}, 1.0F, 0);
  b.op("FULLY_CONNECTED", {x, w, bias}, {y}, {{"keep_num_dims", true}});
  b.inputs({x}), b.outputs({y});
  const auto out =
      run_model(b.read(), profile("litert-2.3-x86"), {to_bytes(testing_codes{3, 4, -5, -6})}, available_isas()[0]);
  EXPECT_EQ(from_bytes<std::int8_t>(out.at(0)), (testing_codes{2, 3, 105, -6, -7, 87}));
}

/// A product of int16 codes, 32,767 times 127 in each of 1,100 places: 4,577,549,900, beyond 32 bits.
ModelBuilder wide_sum(int option, std::optional<std::int64_t> bias64, std::optional<std::int32_t> bias32) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt16, {1, 1100}, 1.0F, 0);
  std::vector<int> inputs{
      x, b.constant<std::int8_t>("w", {1, 1100}, std::vector<std::int8_t>(1100, 127), {{1.0F}, {0}, 0})};
  if (bias64) inputs.push_back(b.constant<std::int64_t>("b", {1}, {*bias64}));
  if (bias32) inputs.push_back(b.constant<std::int32_t>("b", {1}, {*bias32}));
  const int y = b.tensor("y", DType::kInt16, {}, 0x1p18F, 0);
  b.op("FULLY_CONNECTED", inputs, {y}, {{"quantized_bias_type", option}});
  b.inputs({x}), b.outputs({y});
  return b;
}

std::int16_t code_of(ModelBuilder b, const char* name) {
  return from_bytes<std::int16_t>(
             run_model(b.read(), profile(name), {to_bytes(std::vector<std::int16_t>(1100, 32767))}, available_isas()[0])
                 .at(0))
      .at(0);
}

TEST(FullyConnected, TheBiasOrTheOptionSayHowWideInt16SumsAre) {
  constexpr int kUnset = 0, kInt32 = 2, kInt64 = 4;
  constexpr std::int16_t kWide = 17462, kWrapped = 1078;  // 4,577,549,900 and what 32 bits leave of it, over 2^18
  const auto code = [](const char* name, int option, std::optional<std::int64_t> b64 = {},
                       std::optional<std::int32_t> b32 = {}) { return code_of(wide_sum(option, b64, b32), name); };
  for (const char* name : {"tflite-2.14-x86-builtin", "tflite-2.9.1-x86-ref"}) {
    EXPECT_EQ(code(name, kUnset), kWrapped) << name;
    EXPECT_EQ(code(name, kUnset, 0), kWide) << name;
    EXPECT_EQ(code(name, kInt64), kWrapped) << name << " does not know the option";
  }
  EXPECT_EQ(code("litert-2.3-x86-builtin", kUnset), kWrapped);
  EXPECT_EQ(code("litert-2.3-x86-builtin", kInt64), kWide);
  EXPECT_EQ(code("litert-2.3-x86-builtin", kUnset, {}, 0), kWrapped);
  EXPECT_EQ(code("litert-2.3-x86-ref", kUnset), kWide);
  EXPECT_EQ(code("litert-2.3-x86-ref", kInt32), kWrapped);
  EXPECT_EQ(code("litert-2.1-arm64-builtin", kInt64), kWrapped);
}

TEST(FullyConnected, ARuntimeThatMisreadsOrRefusesTheBiasIsNotComputed) {
  const auto refusal = [](const char* name, int option, bool wide) {
    ModelBuilder b = wide ? wide_sum(option, 0, {}) : wide_sum(option, {}, 0);
    return Session::coverage(*b.read(), profile(name)).value().at(0).unsupported;
  };
  EXPECT_EQ(refusal("litert-2.3-x86-ref", 0, false),
            "bias 'b' is int32 and quantized_bias_type is not set: litert-2.3-x86-ref reads it as int64, beyond its "
            "end; set the option to INT32, or make the bias int64");
  EXPECT_EQ(refusal("litert-2.3-x86-builtin", 2, true),
            "bias 'b' is int64 and quantized_bias_type is not: litert-2.3-x86-builtin refuses it");
  EXPECT_EQ(refusal("tflite-2.14-x86-builtin", 2, true), "");
}

ModelBuilder product(bool by_columns, std::int32_t rows) {
  // M is 1/4, and each sum one element of x. Eight deep, four columns.
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {rows, 8}, 1.0F, 0);
  const Shape shape = by_columns ? Shape{4, 8} : Shape{8, 4};
  const int w = b.constant<std::int8_t>("w", shape, std::vector<std::int8_t>(32, 1), {{1.0F}, {0}, 0});
  const int y = b.tensor("y", DType::kInt8, {}, 4.0F, 0);
  b.op("BATCH_MATMUL", {x, w}, {y}, {{"adj_y", by_columns}});
  b.inputs({x}), b.outputs({y});
  return b;
}

TEST(BatchMatmul, TheRuleFollowsTheSecondMatrixInMemory) {
  // Sums of -10 become -2.5: away from zero -3, half up -2.
  const auto code = [](const char* name, bool by_columns, std::int32_t rows) {
    ModelBuilder b = product(by_columns, rows);
    std::vector<std::int8_t> x(static_cast<std::size_t>(rows) * 8, 0);
    for (std::size_t row = 0; row < x.size(); row += 8) x[row] = -10;
    return from_bytes<std::int8_t>(run_model(b.read(), profile(name), {to_bytes(x)}, available_isas()[0]).at(0)).at(0);
  };
  EXPECT_EQ(code("tflite-2.14-arm64-builtin", true, 3), -3);
  EXPECT_EQ(code("tflite-2.14-arm64-builtin", false, 3), -2);
  EXPECT_EQ(code("tflite-2.14-arm64-builtin", true, 1), -2);
  EXPECT_EQ(code("tflite-2.9.1-arm64-builtin", false, 3), -3);
  EXPECT_EQ(code("tflite-2.9.1-arm64-builtin", false, 1), -2);
  EXPECT_EQ(code("tflite-2.14-x86-builtin", true, 3), -2);
  EXPECT_EQ(code("tflite-2.9.1-x86-builtin", true, 3), -2);
  EXPECT_EQ(code("litert-2.3-x86-builtin", true, 3), -3);
  EXPECT_EQ(code("litert-2.3-x86", true, 3), -2) << "XNNPACK: half to even";
}

TEST(BatchMatmul, AScaleForEachColumnIsReadAsNone) {
  // TFLite's kernels read the tensor's one scale, which is 0: all outputs are their zero point.
  const auto refusal_or_code = [](const char* name, DType type) -> std::string {
    ModelBuilder b;
    const int x = b.tensor("x", type, {1, 2}, 1.0F, 0);
    const int w = b.constant<std::int8_t>("w", {2, 2}, {5, 6, 7, 8}, {{1.0F, 2.0F}, {0, 0}, 1});
    const int y = b.tensor("y", type, {}, 1.0F, 0);
    b.op("BATCH_MATMUL", {x, w}, {y});
    b.inputs({x}), b.outputs({y});
    const auto model = b.read();
    const auto coverage = Session::coverage(*model, profile(name)).value();
    if (!coverage.at(0).unsupported.empty()) return coverage.at(0).unsupported;
    EXPECT_EQ(coverage.at(0).caution.empty(), profile(name).batch_matmul_column_scales == ColumnScales::kFirst);
    const auto run = [&](const auto& codes) {
      return from_bytes<std::decay_t<decltype(codes[0])>>(
                 run_model(model, profile(name), {to_bytes(codes)}, available_isas()[0]).at(0))
          .at(0);
    };
    return std::to_string(type == DType::kInt8 ? run(std::vector<std::int8_t>{1, 1})
                                               : run(std::vector<std::int16_t>{1, 1}));
  };
  EXPECT_EQ(refusal_or_code("litert-2.3-x86", DType::kInt8), "0");
  EXPECT_EQ(refusal_or_code("tflite-2.9.1-arm64", DType::kInt8), "0");
  EXPECT_EQ(refusal_or_code("tflite-micro", DType::kInt8), "12");
  EXPECT_EQ(refusal_or_code("vip-v8", DType::kInt8), "input 'w' has 2 scales: what vip-v8 computes of it is not known");
  EXPECT_EQ(refusal_or_code("litert-2.3-x86", DType::kInt16), "0");
  EXPECT_EQ(refusal_or_code("tflite-2.14-x86", DType::kInt16),
            "'w' is int8, which the kernel of tflite-2.14 does not support");
}

}  // namespace
}  // namespace nputwin::test::convolution_test
