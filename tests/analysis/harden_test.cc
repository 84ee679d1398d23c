// harden's parts: whether rules agree on all sums, the multipliers that are tried, channels, averages as layers.

#include "analysis/harden/harden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "analysis/harden/averages.h"
#include "analysis/harden/channel.h"
#include "analysis/harden/multipliers.h"
#include "analysis/harden/own_constants.h"
#include "analysis/prove/prove.h"
#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "profile/rules.h"
#include "support/model_builder.h"

namespace nputwin::harden_test {
namespace {

const std::vector<RequantizeRule> kRules{rules::kF32,    rules::kVipV8,  rules::kVipV7,        rules::kRndnu,
                                         rules::kSingle, rules::kDouble, rules::kDoubleHalfUp, rules::kReal64};

/// By trying each sum: nothing where a required rule differs from the first, else how many others do.
std::optional<std::size_t> tried(std::span<const SideRule> rules, const LayerScales& s, const SumCodes& codes,
                                 const SumRange& sums) {
  std::vector<bool> differs(rules.size(), false);
  for (std::int64_t sum = sums.lowest; sum <= sums.highest; sum += sums.step) {
    std::int32_t first = 0;
    for (std::size_t r = 0; r < rules.size(); ++r) {
      const ElementEpilogue step{rules[r].rule, effective_multiplier(rules[r].rule, s.in, s.weight, s.out),
                                 codes.zero_point, codes.clamp};
      const std::int32_t code = step.code(sum);
      if (r == 0) first = code;
      if (code == first) continue;
      if (rules[r].required) return std::nullopt;
      differs[r] = true;
    }
  }
  return static_cast<std::size_t>(std::ranges::count(differs, true));
}

TEST(HardenRules, AgreeWhereEachSumDoes) {
  std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): every run tries the same
  const auto pick = [&](int least, int most) {
    return least + static_cast<int>(random() % static_cast<unsigned>(most - least + 1));
  };
  int agree = 0, differ = 0;
  for (int trial = 0; trial < 600; ++trial) {
    std::vector<SideRule> rules;
    for (int r = 0; r < pick(2, 4); ++r)
      rules.push_back({kRules[static_cast<std::size_t>(pick(0, static_cast<int>(kRules.size()) - 1))], true});
    const bool has_open = pick(0, 1) == 1;
    if (has_open) rules.push_back({kRules[static_cast<std::size_t>(pick(0, 7))], false});
    const LayerScales scales{0.01F + static_cast<float>(pick(0, 1000)) * 1e-5F,
                             std::ldexp(1.0F + static_cast<float>(pick(0, 4000)) / 4000, -pick(4, 10)),
                             0.02F + static_cast<float>(pick(0, 1000)) * 1e-5F};
    const int zero = pick(-128, 127);
    const SumCodes codes{zero, pick(0, 1) == 1 ? CodeRange{zero, 127} : CodeRange{-128, 127}};
    const SumRange sums{pick(-3000, 0), pick(1, 3000), pick(1, 3)};
    const auto expected = tried(rules, scales, codes, sums);
    EXPECT_EQ(disagreeing(rules, scales, codes, sums), expected) << "trial " << trial;
    (expected ? agree : differ) += 1;
  }
  EXPECT_GT(agree, 50);
  EXPECT_GT(differ, 50);
}

TEST(HardenRules, ASumThatLeavesARegisterAgreesWithNone) {
  const std::vector<SideRule> rules{{rules::kF32, true}, {rules::kF32, true}};
  const LayerScales scales{1, 0.5F, 1};
  EXPECT_TRUE(disagreeing(rules, scales, {0, {-128, 127}}, {-1000, 1000, 1}));
  EXPECT_FALSE(disagreeing(rules, scales, {0, {-128, 127}}, {-1000, std::int64_t{1} << 40, 1}));
  EXPECT_FALSE(disagreeing(rules, {1, 0, 1}, {0, {-128, 127}}, {-1000, 1000, 1}));
}

TEST(HardenMultipliers, NearestFirstAndAsRulesHoldThem) {
  const double target = 0.0123;
  for (const MultiplierNeeds needs :
       {MultiplierNeeds{16, false}, MultiplierNeeds{16, true}, MultiplierNeeds{24, true}}) {
    const auto list = candidate_multipliers(needs, target, kGainTolerance);
    ASSERT_FALSE(list.empty());
    EXPECT_LT(std::abs(list.front() / target - 1), 1e-4);
    bool any_below_even = false;
    for (const double m : list) {
      EXPECT_LE(std::abs(m / target - 1), kGainTolerance);
      int exponent = 0;
      const double significand = std::ldexp(std::frexp(m, &exponent), needs.bits);
      if (needs.bits == 16) {
        EXPECT_EQ(significand, std::floor(significand));
      }
      const double n = std::nearbyint(1 / m);
      any_below_even = any_below_even || (std::fmod(n, 2) == 0 && 1 / m < n && n - 1 / m < 0.004);
    }
    if (needs.two_roundings) {
      EXPECT_TRUE(any_below_even);
    }
  }
  // Even integers, the largest first, with which no weight of 50 passes 126.
  const auto divisors = even_divisors(target, 126.0 / 50);
  ASSERT_FALSE(divisors.empty());
  EXPECT_LE(50 * target * static_cast<double>(divisors.front()), 126);
  EXPECT_GT(50 * target * static_cast<double>(divisors.front() + 2), 126);
  EXPECT_TRUE(std::ranges::all_of(divisors, [](std::int64_t n) { return n % 2 == 0; }));
}

TEST(HardenMultipliers, AReciprocalIsHeldByAllRules) {
  for (const int bits : {12, 16, 20, 24}) {
    for (const std::int64_t n : {2, 6, 236, 1000, 65538}) {
      const double m = reciprocal({bits, true}, n);
      EXPECT_GE(m * static_cast<double>(n), 1 - 1e-15) << bits << " bits, n " << n;
      EXPECT_LT(m * static_cast<double>(n), 1 + std::ldexp(1.0, 1 - bits)) << bits << " bits, n " << n;
      int exponent = 0;
      const double significand = std::ldexp(std::frexp(m, &exponent), bits);
      if (bits < 24) {
        EXPECT_EQ(significand, std::floor(significand));
      }
    }
  }
}

/// A channel of random weights, whose rules are one list.
struct RandomChannel {
  LayerRules rules;
  ChannelTask task;

  RandomChannel(std::mt19937& random, const std::vector<RequantizeRule>& own, bool relu) {
    rules.layer.input_zero = -5;
    rules.by_channel.resize(1);
    for (const RequantizeRule& rule : own) rules.by_channel[0].push_back({rule, true});
    for (int i = 0; i < 27; ++i) task.weights.push_back(static_cast<std::int32_t>(random() % 255) - 127);
    task.rules = &rules;
    task.bias = static_cast<std::int64_t>(random() % 4001) - 2000;
    task.input_scale_before = 0.0235F;
    task.scales = {0.0235F, 0.004F + static_cast<float>(random() % 1000) * 1e-6F, 0.031F};
    task.codes = {relu ? -128 : 3, {-128, 127}};
    task.input = {-128, 127};
    task.means.assign(task.weights.size(), 20);
  }
};

TEST(HardenChannel, EverySideHasTheSameCodes) {
  std::mt19937 random(2);  // NOLINT(bugprone-random-generator-seed): every run tries the same
  const std::vector<RequantizeRule> one_rounding{rules::kF32, rules::kVipV8, rules::kVipV7};
  const std::vector<RequantizeRule> two{rules::kF32, rules::kVipV8, rules::kDouble};
  const std::vector<RequantizeRule> signed_two{rules::kF32, rules::kVipV8, rules::kDoubleHalfUp};
  for (const auto& own : {one_rounding, two, signed_two}) {
    for (const bool relu : {true, false}) {
      for (int trial = 0; trial < 4; ++trial) {
        const RandomChannel channel(random, own, relu);
        const ChannelResult result = harden_channel(channel.task);
        ASSERT_NE(result.way, ChannelWay::kLeft);
        const SumRange sums = channel.rules.products(result.weights, channel.task.input).moved(result.bias);
        EXPECT_TRUE(tried(channel.rules.by_channel[0], {channel.task.scales.in, result.scale, channel.task.scales.out},
                          channel.task.codes, sums));
        if (result.way == ChannelWay::kScale) {
          EXPECT_EQ(result.weights, channel.task.weights);
          EXPECT_LE(std::abs(result.gain - 1), kGainTolerance + 1e-6);
        }
        if (result.way == ChannelWay::kEvenWeights) {
          EXPECT_TRUE(std::ranges::all_of(result.weights, [](std::int32_t w) { return w % 2 == 0; }));
        }
        // Hardened again, nothing changes.
        ChannelTask again = channel.task;
        again.weights = result.weights;
        again.bias = result.bias;
        again.scales.weight = result.scale;
        const ChannelResult same = harden_channel(again);
        EXPECT_EQ(same.way, ChannelWay::kAsItWas);
        EXPECT_EQ(same.weights, result.weights);
      }
    }
  }
}

TEST(HardenChannel, TheBiasTakesUpTheMean) {
  std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): every run tries the same
  const RandomChannel channel(random, {rules::kF32, rules::kVipV8, rules::kDoubleHalfUp}, false);
  const ChannelResult result = harden_channel(channel.task);
  ASSERT_EQ(result.way, ChannelWay::kEvenWeights);
  const auto mean_output = [&](const std::vector<std::int32_t>& weights, std::int64_t bias, float scale) {
    double sum = static_cast<double>(bias);
    for (const std::int32_t w : weights) sum += 20.0 * w;
    return sum * double{scale} * double{channel.task.scales.in} / double{channel.task.scales.out};
  };
  EXPECT_NEAR(mean_output(channel.task.weights, channel.task.bias, channel.task.scales.weight),
              mean_output(result.weights, result.bias, result.scale), 0.01);
}

TEST(HardenCurvature, RoundingErrorsCancel) {
  std::mt19937 random(4);  // NOLINT(bugprone-random-generator-seed): every run tries the same
  constexpr std::size_t kWidth = 24, kPlaces = 200;
  MetCodes met{kWidth, 1, {}};
  for (std::size_t p = 0; p < kPlaces; ++p) {
    const int common = static_cast<int>(random() % 200);  // neighbours go together, as codes of pictures do
    for (std::size_t i = 0; i < kWidth; ++i)
      met.codes.push_back(static_cast<std::int16_t>(common + static_cast<int>(random() % 20)));
  }
  const Curvature curvature = Curvature::of(met, 0);
  ASSERT_EQ(curvature.width(), kWidth);
  EXPECT_GT(curvature.at(3, 7), 0);
  double before = 0, after = 0;
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<double> exact(kWidth);
    for (double& w : exact) w = static_cast<double>(random() % 2001) / 10 - 100;
    std::vector<std::int32_t> codes(kWidth);
    for (std::size_t i = 0; i < kWidth; ++i) codes[i] = 2 * static_cast<std::int32_t>(std::nearbyint(exact[i] / 2));
    const auto cost = [&] {
      std::vector<double> errors(kWidth);
      for (std::size_t i = 0; i < kWidth; ++i) errors[i] = codes[i] - exact[i];
      return curvature.cost(errors);
    };
    const double of_nearest = cost();
    lower_cost(curvature, exact, 1.0, 2, {-100, 100}, codes);
    EXPECT_LE(cost(), of_nearest);
    before += of_nearest;
    after += cost();
    EXPECT_TRUE(std::ranges::all_of(codes, [](std::int32_t w) { return w % 2 == 0 && std::abs(w) <= 100; }));
  }
  EXPECT_LT(after, before / 4);
}

TEST(HardenCurvature, ASourceForEachChannel) {
  const MetCodes met{2, 2, {1, 1, 5, -5, 3, 3, 9, -9}};
  EXPECT_GT(Curvature::of(met, 0).at(0, 1), 0);
  EXPECT_LT(Curvature::of(met, 1).at(0, 1), 0);
}

/// Two layers, one behind the other, with the same weights and, unless it is their own, the same bias.
test::ModelBuilder shared_layers(bool own_bias = false) {
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, {1, 4}, 0.05F, 3);
  std::vector<std::int8_t> values;
  for (int i = 0; i < 16; ++i) values.push_back(static_cast<std::int8_t>(i * 37 % 255 - 127));
  const int w = builder.constant<std::int8_t>("w", {4, 4}, values, {{0.0041F}, {0}, 0});
  const std::vector<std::int32_t> bias{1000, -2000, 300, 4000};
  const int b = builder.constant("b", {4}, bias, {{0.0041F * 0.05F}, {0}, 0});
  const int c = own_bias ? builder.constant("c", {4}, bias, {{0.0041F * 0.0517F}, {0}, 0}) : b;
  const int y = builder.tensor("y", DType::kInt8, {1, 4}, 0.0517F, -7);
  const int z = builder.tensor("z", DType::kInt8, {1, 4}, 0.0533F, 11);
  builder.op("FULLY_CONNECTED", {x, w, b}, {y});
  builder.op("FULLY_CONNECTED", {y, w, c}, {z});
  builder.inputs({x});
  builder.outputs({z});
  return builder;
}

HardenSettings settings_for(const std::vector<std::string>& profiles) {
  HardenSettings settings;
  for (const std::string& profile : profiles) settings.sides.push_back({profile, true});
  return settings;
}

TEST(HardenShared, EachLayerGetsItsOwnConstants) {
  const std::string text = shared_layers().bytes();
  const auto blob = std::make_shared<Blob>(std::as_bytes(std::span(text)));
  const auto model = parse_tflite(blob, "shared").value();
  const auto settings = settings_for({"vip-v8", "tflite-2.9.1-arm64"});
  // As they are, both are left.
  const auto left = harden(model, settings).value();
  ASSERT_EQ(left.layers.size(), 2U);
  for (const auto& [node, layer] : left.layers) EXPECT_NE(layer.left, "");
  EXPECT_TRUE(left.changes.empty());
  // With constants of their own both are hardened, and compute what they did, but for rounding.
  const auto own = change_ops(blob->bytes(), own_constants(model->main())).value();
  const auto apart = parse_tflite(std::make_shared<Blob>(Bytes(own)), "apart").value();
  EXPECT_EQ(apart->main().nodes[0].inputs, model->main().nodes[0].inputs);
  EXPECT_NE(apart->main().nodes[1].inputs[1], model->main().nodes[1].inputs[1]);
  const auto hardening = harden(apart, settings).value();
  for (const auto& [node, layer] : hardening.layers) EXPECT_EQ(layer.left, "");
  const auto bytes = change_tensors(own, *apart, hardening.changes).value();
  const auto after = parse_tflite(std::make_shared<Blob>(Bytes(bytes)), "after").value();
  for (const std::vector<std::int8_t>& input : {std::vector<std::int8_t>{1, -40, 90, 7}, {-128, 127, 0, 64}}) {
    const auto run = [&](const auto& m, const char* profile) {
      return test::from_bytes<std::int8_t>(
          test::run_model(m, find_profile(profile).value(), {test::to_bytes(input)}, {})[0]);
    };
    const auto before = run(model, "vip-v8"), hardened = run(after, "vip-v8");
    EXPECT_EQ(hardened, run(after, "tflite-2.9.1-arm64"));
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_LE(std::abs(before[i] - hardened[i]), 4);
  }
}

TEST(HardenShared, ALayerThatIsLeftKeepsItsNumbers) {
  // The input's scale is given, and the layer cannot be changed, as another op reads its weights.
  const auto model = shared_layers(true).read();
  auto settings = settings_for({"vip-v8", "tflite-2.9.1-arm64"});
  settings.given[model->main().inputs[0]] = 0.1F;
  const auto hardening = harden(model, settings).value();
  EXPECT_NE(hardening.layers[0].second.left, "");
  EXPECT_EQ(hardening.changes.at(model->main().inputs[0]).scale, std::vector<float>{0.1F});
  // Steps that count twice as much, half as many.
  const std::vector<std::byte>& bias = hardening.changes.at(model->main().nodes[0].inputs[2]).constant;
  EXPECT_EQ(test::from_bytes<std::int32_t>(bias), (std::vector<std::int32_t>{500, -1000, 150, 2000}));
}

std::shared_ptr<const Model> average_model(const std::string& op, const Shape& out) {
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, {1, 2, 2, 3}, 0.5F, 1);
  const int y = builder.tensor("y", DType::kInt8, out, op == "MEAN" ? 0.3F : 0.5F, 1);
  if (op == "MEAN") {
    const int axes = builder.constant<std::int32_t>("axes", {2}, {1, -2});
    builder.op(op, {x, axes}, {y}, {{"keep_dims", std::int64_t{0}}});
  } else {
    builder.op(op, {x}, {y},
               {{"padding", std::int64_t{1}},
                {"filter_height", std::int64_t{2}},
                {"filter_width", std::int64_t{2}},
                {"stride_h", std::int64_t{2}},
                {"stride_w", std::int64_t{2}}});
  }
  builder.inputs({x});
  builder.outputs({y});
  return builder.read();
}

TEST(HardenAverages, AsLayersTheyAreAverages) {
  const std::vector<std::vector<std::int8_t>> inputs{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 120},
                                                     {-128, 127, 0, -3, -3, 1, 5, 5, 5, 6, 7, -99}};
  for (const auto& [op, shape] : {std::pair<std::string, Shape>{"AVERAGE_POOL_2D", {1, 1, 1, 3}}, {"MEAN", {1, 3}}}) {
    const auto model = average_model(op, shape);
    ASSERT_EQ(no_layer_of_average(model->main(), 0), "");
    const auto blob = model->storage.front();
    const auto bytes = change_ops(blob->bytes(), averages_as_layers(model->main(), {0}));
    ASSERT_TRUE(bytes) << bytes.error().message;
    const auto changed = parse_tflite(std::make_shared<Blob>(Bytes(*bytes)), op);
    ASSERT_TRUE(changed) << changed.error().message;
    EXPECT_EQ((*changed)->main().nodes[0].op, "DEPTHWISE_CONV_2D");
    EXPECT_EQ((*changed)->main().nodes.size(), op == "MEAN" ? 2U : 1U);
    const Profile profile = find_profile("vip-v8").value();
    for (const auto& input : inputs) {
      const auto before =
          test::from_bytes<std::int8_t>(test::run_model(model, profile, {test::to_bytes(input)}, {})[0]);
      const auto after =
          test::from_bytes<std::int8_t>(test::run_model(*changed, profile, {test::to_bytes(input)}, {})[0]);
      ASSERT_EQ(before.size(), after.size());
      for (std::size_t i = 0; i < before.size(); ++i) EXPECT_LE(std::abs(before[i] - after[i]), 1);
    }
  }
}

TEST(HardenAverages, WindowsInThePaddingStay) {
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, {1, 3, 3, 1}, 0.5F, 1);
  const int y = builder.tensor("y", DType::kInt8, {1, 3, 3, 1}, 0.5F, 1);
  builder.op("AVERAGE_POOL_2D", {x}, {y},
             {{"padding", std::int64_t{0}},
              {"filter_height", std::int64_t{2}},
              {"filter_width", std::int64_t{2}},
              {"stride_h", std::int64_t{1}},
              {"stride_w", std::int64_t{1}}});
  builder.inputs({x});
  builder.outputs({y});
  EXPECT_NE(no_layer_of_average(builder.read()->main(), 0), "");
}

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
  const auto hardening = harden(builder.read(), settings_for({"vip-v8", "tflite-2.9.1-arm64"})).value();
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
    const auto hardening = harden(model, settings_for({"vip-v8", "litert-2.1-arm64", "vip-v7"})).value();
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

/// A layer of 8 channels and 24 weights each: CONV_2D with a bias, or FULLY_CONNECTED without one.
struct SmallLayer {
  static constexpr std::size_t kInputs = 24, kChannels = 8;
  std::vector<float> numbers;  ///< of which the codes of the weights were made
  std::vector<float> scales = std::vector<float>(kChannels, 1.0F / 127);
  std::vector<std::int8_t> codes;
  int weights = -1;
  std::shared_ptr<const Model> model;

  explicit SmallLayer(bool has_bias) {
    std::mt19937 random(3);  // NOLINT(bugprone-random-generator-seed): every run tries the same
    std::uniform_real_distribution<float> number(-1, 1);
    for (std::size_t i = 0; i < kInputs * kChannels; ++i) numbers.push_back(number(random));
    for (const float x : numbers) codes.push_back(static_cast<std::int8_t>(std::nearbyint(x * 127)));
    const std::vector<std::int32_t> zeros(kChannels, 0);
    test::ModelBuilder builder;
    const int x = builder.tensor("x", DType::kInt8, has_bias ? Shape{1, 1, 1, kInputs} : Shape{1, kInputs}, 0.02F, 4);
    weights = builder.constant<std::int8_t>("w", has_bias ? Shape{kChannels, 1, 1, kInputs} : Shape{kChannels, kInputs},
                                            codes, {scales, zeros, 0});
    const int bias = builder.constant<std::int32_t>("b", {kChannels}, std::vector<std::int32_t>(kChannels, 100),
                                                    {std::vector<float>(kChannels, 0.02F / 127), zeros, 0});
    const int y =
        builder.tensor("y", DType::kInt8, has_bias ? Shape{1, 1, 1, kChannels} : Shape{1, kChannels}, 0.021F, -2);
    const Attributes strides{{"stride_w", std::int64_t{1}}, {"stride_h", std::int64_t{1}}};
    if (has_bias) {
      builder.op("CONV_2D", {x, weights, bias}, {y}, strides);
    } else {
      builder.op("FULLY_CONNECTED", {x, weights}, {y});
    }
    builder.inputs({x});
    builder.outputs({y});
    model = builder.read();
  }
};

TEST(HardenNumbers, CodesAreRoundedFromTheNumbersOfWhichTheyWereMade) {
  const SmallLayer layer(true);
  // Codes below the zero point and two roundings: even weights, which are rounded anew.
  auto settings = settings_for({"vip-v8", "tflite-2.9.1-arm64-builtin"});
  const auto squares = [&](const Hardening& hardening) {
    const TensorChange& change = hardening.changes.at(layer.weights);
    double sum = 0;
    for (std::size_t i = 0; i < layer.numbers.size(); ++i) {
      const double scale = change.scale.empty() ? layer.scales[0] : change.scale[i / SmallLayer::kInputs];
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
  const SmallLayer layer(false);
  const auto settings = settings_for({"vip-v8", "tflite-2.9.1-arm64-builtin", "litert-2.1-arm64"});
  const auto made = harden(layer.model, settings);
  ASSERT_TRUE(made) << made.error().message;
  const Hardening& hardening = *made;
  const LayerOutcome& outcome = hardening.layers[0].second;
  EXPECT_EQ(outcome.given_up, "tflite-2.9.1-arm64-builtin");
  EXPECT_EQ(outcome.count(ChannelWay::kFewerSides), SmallLayer::kChannels);
  const auto bytes = change_tensors(layer.model->storage.front()->bytes(), *layer.model, hardening.changes).value();
  const auto after = parse_tflite(std::make_shared<Blob>(Bytes(bytes)), "after").value();
  const auto session = [&](const char* profile) {
    return Session::prepare(after, find_profile(profile).value(), {}).value();
  };
  Session a = session("vip-v8"), b = session("litert-2.1-arm64"), c = session("tflite-2.9.1-arm64-builtin");
  EXPECT_TRUE(prove(a, b).value().equal());
  EXPECT_FALSE(prove(a, c).value().equal());
}

}  // namespace
}  // namespace nputwin::harden_test
