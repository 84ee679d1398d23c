// Models that are hardened: the scales of their activations, and what their layers make of these.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/prove/prove.h"
#include "profile/profile.h"
#include "support/harden_models.h"

namespace nputwin::harden_scales_test {
namespace {

using test::with_changes;

TEST(HardenScales, ACodeThatBecomesANumber) {
  // TFLite 2.9.1 on AArch64 adds q*s and -zp*s in one rounding: 45 of the 256 codes differ on this scale.
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, {1, 4}, 0.03F, -3);
  std::vector<std::int8_t> weights(64, 100);
  for (std::size_t i = 0; i < weights.size(); i += 3) weights[i] = -7;
  const int w = builder.constant<std::int8_t>("w", {16, 4}, weights, {{0.01F}, {0}, 0});
  const int b = builder.constant<std::int32_t>("b", {16}, std::vector<std::int32_t>(16, 40), {{0.0003F}, {0}, 0});
  const int y = builder.tensor("y", DType::kInt8, {1, 16}, 0.0369369201F, 49);
  const int numbers = builder.tensor("numbers", DType::kFloat32, {1, 16});
  builder.op("FULLY_CONNECTED", {x, w, b}, {y});
  builder.op("DEQUANTIZE", {y}, {numbers});
  builder.inputs({x});
  builder.outputs({numbers});
  const auto hardening = harden(builder.read(), test::harden_settings({"vip-v8", "tflite-2.9.1-arm64"})).value();
  ASSERT_EQ(hardening.scales.size(), 1U);
  EXPECT_TRUE(hardening.scales[0].equal);
  ASSERT_EQ(hardening.scales[0].moved.size(), 1U);
  EXPECT_LT(std::abs(hardening.scales[0].moved[0].by), 0.01);
}

TEST(HardenScales, OperandsOfAnAddLoseNoRange) {
  for (const float smaller : {0.00401F, 0.02538F, 0.1F, 0.3F, 0.747F, 0.95F}) {  // of the larger one
    test::ModelBuilder builder;
    const int x = builder.tensor("x", DType::kInt8, {1, 4}, 0.03F, -3);
    std::vector<int> operands;
    for (const float scale : {0.05F, 0.05F * smaller}) {
      const std::string name = std::to_string(operands.size());
      const int w =
          builder.constant<std::int8_t>("w" + name, {2, 4}, {5, -7, 100, 3, -127, 9, 0, 11}, {{0.01F}, {0}, 0});
      const int b = builder.constant<std::int32_t>("b" + name, {2}, {40, -60}, {{0.0003F}, {0}, 0});
      operands.push_back(builder.tensor("y" + name, DType::kInt8, {1, 2}, scale, 9));
      builder.op("FULLY_CONNECTED", {x, w, b}, {operands.back()});
    }
    const int sum = builder.tensor("sum", DType::kInt8, {1, 2}, 0.056F, -4);
    builder.op("ADD", operands, {sum});
    const int last = builder.constant<std::int8_t>("last", {1, 2}, {77, -30}, {{0.01F}, {0}, 0});
    const int out = builder.tensor("out", DType::kInt8, {1, 1}, 0.03F, 0);  // of the ADD, it would have to stay
    builder.op("FULLY_CONNECTED", {sum, last}, {out});
    builder.inputs({x});
    builder.outputs({out});
    const auto model = builder.read();
    const auto hardening = harden(model, test::harden_settings({"vip-v8", "litert-2.1-arm64", "vip-v7"})).value();
    ASSERT_EQ(hardening.scales.size(), 1U);
    EXPECT_TRUE(hardening.scales[0].equal) << smaller;
    const auto scale = [&](int t) {
      const auto change = hardening.changes.find(t);
      return double{change == hardening.changes.end() ? model->main().spec(t).scale() : change->second.scale[0]};
    };
    const double k = 255 * scale(operands[1]) / scale(operands[0]);
    EXPECT_NEAR(k, std::nearbyint(k), 1e-4);
    for (const int t : operands) {
      const double growth = scale(t) / double{model->main().spec(t).scale()} - 1;
      EXPECT_GT(growth, -0.001) << smaller;
      EXPECT_LE(growth, std::max(0.25, 1 / std::max(k - 1, 0.9))) << smaller;
    }
  }
}

TEST(HardenNumbers, CodesAreRoundedFromTheNumbersOfWhichTheyWereMade) {
  const test::SmallLayer layer(true);
  // Codes below the zero point and two roundings: even weights, which are rounded anew.
  auto settings = test::harden_settings({"vip-v8", "tflite-2.9.1-arm64-builtin"});
  const auto squares = [&](const Hardening& hardening) {
    const TensorChange& change = hardening.changes.at(layer.weights);
    double sum = 0;
    for (std::size_t i = 0; i < layer.numbers.size(); ++i) {
      const double scale = change.scale.empty() ? layer.scales[0] : change.scale[i / test::SmallLayer::kInputs];
      const int code = change.constant.empty() ? layer.codes[i] : static_cast<std::int8_t>(change.constant[i]);
      sum += std::pow(code * scale - double{layer.numbers[i]}, 2);
    }
    return sum;
  };
  const auto from_codes = harden(layer.model, settings).value();
  ASSERT_GT(from_codes.layers[0].second.count(ChannelWay::kEvenWeights), 0U);
  const FloatWeights known{{layer.weights, layer.numbers}};
  settings.numbers = &known;
  const auto from_numbers = harden(layer.model, settings).value();
  EXPECT_EQ(from_numbers.layers[0].second.channels, from_codes.layers[0].second.channels);
  EXPECT_LT(squares(from_numbers), 0.95 * squares(from_codes));
}

TEST(HardenLayer, WhereOneSideCannotAgreeTheOthersDo) {
  // Two roundings and codes below the zero point take even weights, and these a bias.
  const test::SmallLayer layer(false);
  const auto settings = test::harden_settings({"vip-v8", "tflite-2.9.1-arm64-builtin", "litert-2.1-arm64"});
  const auto made = harden(layer.model, settings);
  ASSERT_TRUE(made) << made.error().message;
  const Hardening& hardening = *made;
  const LayerOutcome& outcome = hardening.layers[0].second;
  EXPECT_EQ(outcome.given_up, "tflite-2.9.1-arm64-builtin");
  EXPECT_EQ(outcome.count(ChannelWay::kFewerSides), test::SmallLayer::kChannels);
  const auto after = with_changes(layer.model, hardening);
  const auto session = [&](const char* profile) {
    return Session::prepare(after, find_profile(profile).value(), {}).value();
  };
  Session a = session("vip-v8"), b = session("litert-2.1-arm64"), c = session("tflite-2.9.1-arm64-builtin");
  EXPECT_TRUE(prove(a, b).value().equal());
  EXPECT_FALSE(prove(a, c).value().equal());
}

/// What stands between a layer and the depthwise layer behind it, and what else there is.
struct Between {
  std::string op = "PAD";
  bool per_channel = true;  ///< the depthwise layer's weights
  int multiplier = 1;       ///< of the depthwise layer
  bool is_output = false;   ///< the layer's output is one of the model's
  bool has_reader = false;  ///< and another layer reads it
  bool shares = false;      ///< the bias of both is one tensor
};

/// A CONV_2D of few products for each code, and a depthwise layer of many.
struct TwoLayers {
  static constexpr int kChannels = 6;
  int y = -1, between = -1, w = -1, dw = -1;
  std::shared_ptr<const Model> model;

  explicit TwoLayers(const Between& with = {}) {
    std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): every run tries the same
    const auto codes = [&](int count) {
      std::vector<std::int8_t> list;
      for (int i = 0; i < count; ++i) list.push_back(static_cast<std::int8_t>(random() % 255 - 127));
      return list;
    };
    const auto scales = [](float first, int count, int axis) {
      Quantization q{{}, std::vector<std::int32_t>(static_cast<std::size_t>(count), 0), axis};
      for (int c = 0; c < count; ++c) q.scale.push_back(first * (1 + static_cast<float>(c) * 0.1337F));
      return q;
    };
    test::ModelBuilder builder;
    const int made = kChannels * with.multiplier;
    const auto bias = [&](const std::string& name, int count) {
      return builder.constant<std::int32_t>(name, {count},
                                            std::vector<std::int32_t>(static_cast<std::size_t>(count), 150));
    };
    constexpr std::int64_t kOne = 1, kRelu = 1, kThree = 3;
    const Attributes strides{{"padding", kOne}, {"stride_w", kOne}, {"stride_h", kOne}};
    Attributes of_layer = strides;
    of_layer.set("fused_activation_function", kRelu);
    const int x = builder.tensor("x", DType::kInt8, {1, 5, 5, 2}, 0.02F, 1);
    w = builder.constant<std::int8_t>("w", {kChannels, 1, 1, 2}, codes(kChannels * 2), scales(0.02F, kChannels, 0));
    y = builder.tensor("y", DType::kInt8, {1, 5, 5, kChannels}, 0.02F, -128);
    const int b = bias("b", kChannels);
    builder.op("CONV_2D", {x, w, b}, {y}, of_layer);
    const int size = with.op == "PAD" ? 7 : 3;
    between = builder.tensor("between", DType::kInt8, {1, size, size, kChannels}, 0.02F, -128);
    if (with.op == "PAD") {
      builder.op("PAD", {y, builder.constant<std::int32_t>("pads", {4, 2}, {0, 0, 1, 1, 1, 1, 0, 0})}, {between});
    } else {
      Attributes window = strides;
      window.set("filter_height", kThree);
      window.set("filter_width", kThree);
      builder.op(with.op, {y}, {between}, window);
    }
    dw = builder.constant<std::int8_t>("dw", {1, 3, 3, made}, codes(9 * made),
                                       scales(0.00005F, with.per_channel ? made : 1, 3));
    const int z = builder.tensor("z", DType::kInt8, {1, size - 2, size - 2, made}, 0.004F, -128);
    of_layer.set("depth_multiplier", std::int64_t{with.multiplier});
    builder.op("DEPTHWISE_CONV_2D", {between, dw, with.shares ? b : bias("db", made)}, {z}, of_layer);
    std::vector<int> outputs{z};
    if (with.is_output) outputs.push_back(y);
    if (with.has_reader) {
      outputs.push_back(builder.tensor("v", DType::kInt8, {1, 5, 5, 1}, 0.05F, 3));
      const int v = builder.constant<std::int8_t>("vw", {1, 1, 1, kChannels}, codes(kChannels), {{0.01F}, {0}, 0});
      builder.op("CONV_2D", {y, v, bias("vb", 1)}, {outputs.back()}, strides);
    }
    builder.inputs({x});
    builder.outputs(outputs);
    model = builder.read();
  }
};

TEST(HardenGains, ADepthwiseLayerTakesThemBack) {
  for (const Between& with : {Between{}, Between{"MAX_POOL_2D"}, Between{"AVERAGE_POOL_2D"}, Between{"PAD", true, 2}}) {
    SCOPED_TRACE(with.op);
    const TwoLayers layers(with);
    const auto hardening = harden(layers.model, test::harden_settings({"vip-v8", "tflite-2.9.1-arm64"})).value();
    for (const auto& [node, layer] : hardening.layers) EXPECT_TRUE(layer.equal());
    ASSERT_TRUE(hardening.passed.contains(layers.between));
    const auto& gains = hardening.passed.at(layers.between);
    EXPECT_EQ(gains, hardening.passed.at(layers.y));
    const auto now = with_changes(layers.model, hardening);
    const auto changed = [&](int t, std::size_t c) {
      const auto &after = now->main().spec(t).quantization, &before = layers.model->main().spec(t).quantization;
      return double{after.scale[c]} / double{before.scale[c]};
    };
    double most = 0;
    for (std::size_t c = 0; c < gains.size(); ++c) {
      if (gains[c] == 1) continue;  // rounded again
      EXPECT_NEAR(changed(layers.w, c), gains[c], 1e-6);
      for (int m = 0; m < with.multiplier; ++m) {
        const auto behind = c * static_cast<std::size_t>(with.multiplier) + static_cast<std::size_t>(m);
        EXPECT_NEAR(changed(layers.w, c) * changed(layers.dw, behind), 1, 2e-3) << "channel " << behind;
      }
      most = std::max(most, std::abs(gains[c] - 1));
    }
    EXPECT_GT(most, 5e-3);
    for (int trial = 0; trial < 4; ++trial) {
      std::vector<std::int8_t> input(50);
      for (std::size_t i = 0; i < input.size(); ++i)
        input[i] = static_cast<std::int8_t>((static_cast<std::size_t>(trial) * 89 + i * 53) % 256 - 128);
      const auto run = [&](const char* profile) {
        return test::run_model(now, find_profile(profile).value(), {test::to_bytes(input)}, {})[0];
      };
      EXPECT_EQ(run("vip-v8"), run("tflite-2.9.1-arm64"));
    }
  }
}

TEST(HardenGains, NothingElseTakesThemBack) {
  const auto passed = [](const Between& with, const Calibration* calibration = nullptr) {
    const TwoLayers layers(with);
    auto settings = test::harden_settings({"vip-v8", "tflite-2.9.1-arm64"});
    settings.calibration = calibration;
    return harden(layers.model, settings).value().passed;
  };
  EXPECT_TRUE(passed({.per_channel = false}).empty());
  EXPECT_TRUE(passed({.is_output = true}).empty());
  EXPECT_TRUE(passed({.has_reader = true}).empty());
  EXPECT_TRUE(passed({.shares = true}).empty());  // neither layer can be changed
  Calibration calibration;                        // what is cut off has no gain that could be taken back
  calibration.cut_off[TwoLayers().y] = std::vector<double>(TwoLayers::kChannels, 0.5);
  EXPECT_TRUE(passed({}, &calibration).empty());
}

TEST(HardenScales, CodesThatAreAboutToBecomeCoarserDoSoAtOnce) {
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, {1, 4}, 0.03F, -3);
  const int w = builder.constant<std::int8_t>("w", {2, 4}, {5, -7, 100, 3, -127, 9, 0, 11}, {{0.01F}, {0}, 0});
  const int b = builder.constant<std::int32_t>("b", {2}, {40, -60}, {{0.0003F}, {0}, 0});
  const int y = builder.tensor("y", DType::kInt8, {1, 2}, 0.035F, 9);
  const int z = builder.tensor("z", DType::kInt8, {1, 2}, 0.1F, -6);
  builder.op("FULLY_CONNECTED", {x, w, b}, {y});
  builder.op("QUANTIZE", {y}, {z});
  builder.inputs({x});
  builder.outputs({z});
  const auto settings = test::harden_settings({"vip-v8", "litert-2.1-arm64", "tflite-2.9.1-arm64"});
  const auto hardening = harden(builder.read(), settings).value();
  ASSERT_EQ(hardening.scales.size(), 1U);
  EXPECT_TRUE(hardening.scales[0].equal);
  EXPECT_EQ(hardening.changes.at(y).scale, std::vector<float>{0.1F});
}

}  // namespace
}  // namespace nputwin::harden_scales_test
