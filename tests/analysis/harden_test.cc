// harden's parts: whether rules agree on all sums, the multipliers that are tried, channels, what calibration inputs
// say.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "analysis/harden/channel.h"
#include "analysis/harden/multipliers.h"
#include "profile/rules.h"

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

TEST(HardenMultipliers, TheNextEvenIntegerIsNoPowerOfTwo) {
  EXPECT_NEAR(growth_to_even(1 / 5.9), 6 / 5.9, 1e-12);
  EXPECT_NEAR(growth_to_even(1 / 6.3), 10 / 6.3, 1e-12);  // at 8 the first rounding reaches the ties
  EXPECT_NEAR(growth_to_even(1 / 10.01), 10 / 10.01, 1e-12);
  EXPECT_NEAR(growth_to_even(1 / 63.0), 66 / 63.0, 1e-12);
  for (const double least : {0.0, 0x1p-60, 0.998 * 0x1p-60}) EXPECT_EQ(growth_to_even(least), 1);
  EXPECT_NEAR(growth_to_even(1 / 1.5), 6 / 1.5, 1e-12);
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
        // Hardened again, nothing changes, even if a gain may be passed on and the weights' numbers are known.
        ChannelTask again = channel.task;
        again.weights = result.weights;
        again.bias = result.bias;
        again.scales.weight = result.scale;
        for (const bool passes_gain : {false, true}) {
          again.passes_gain = passes_gain;
          const ChannelResult same = harden_channel(again);
          EXPECT_EQ(same.way, ChannelWay::kAsItWas);
          EXPECT_EQ(same.weights, result.weights);
          EXPECT_EQ(same.bias, result.bias);
          EXPECT_EQ(same.passed, 1);
          again.numbers.assign(result.weights.begin(), result.weights.end());
          for (double& x : again.numbers) x = (x + 0.4) * double{result.scale};
        }
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

TEST(HardenChannel, AGainThatIsPassedOnIsOfTheWholeOutput) {
  std::mt19937 random(5);  // NOLINT(bugprone-random-generator-seed): every run tries the same
  RandomChannel channel(random, {rules::kF32, rules::kVipV8, rules::kDouble}, true);
  channel.task.scales.weight = 0.0372F;  // few sums for each code: the next even integer is far
  channel.task.passes_gain = true;
  const ChannelResult result = harden_channel(channel.task);
  ASSERT_EQ(result.way, ChannelWay::kScale);
  EXPECT_GT(std::abs(result.gain - 1), 1e-3);
  EXPECT_EQ(result.passed, result.gain);
  EXPECT_EQ(result.weights, channel.task.weights);
  EXPECT_EQ(result.bias, channel.task.bias);  // counts as much more as the weights do
  // Taken back: the channel behind has the multiplier that makes up for it.
  ChannelTask behind = channel.task;
  behind.scales.weight = 0.0002F;
  behind.passes_gain = false;
  behind.input_gain = result.gain;
  const ChannelResult taken = harden_channel(behind);
  ASSERT_EQ(taken.way, ChannelWay::kScale);
  EXPECT_NEAR(double{taken.scale} / 0.0002 * result.gain, 1, 1e-3);
  EXPECT_EQ(taken.passed, 1);
}

TEST(HardenChannel, SumsThatBinary32DoesNotTellApartGetCoarser) {
  std::mt19937 random(6);  // NOLINT(bugprone-random-generator-seed): every run tries the same
  RandomChannel channel(random, {rules::kF32, rules::kVipV8, rules::kDouble}, true);
  channel.task.scales.weight = 1.0637e-6F;
  channel.task.bias = 130'000'000;  // some 100 codes above the zero point's
  for (int i = 0; i < 1000; ++i) channel.task.weights.push_back(static_cast<std::int32_t>(random() % 255) - 127);
  channel.task.means.clear();
  for (const bool passes_gain : {false, true}) {  // which coarser weights do not
    channel.task.passes_gain = passes_gain;
    const ChannelResult result = harden_channel(channel.task);
    ASSERT_EQ(result.way, ChannelWay::kReRounded);
    EXPECT_LT(std::abs(result.bias), std::abs(channel.task.bias) / 2);
    EXPECT_EQ(result.passed, 1);
  }
}

TEST(HardenCurvature, FewPlacesShowLittle) {
  const auto correlation = [](std::size_t places) {
    MetCodes met{2, 1, {}};
    for (std::size_t p = 0; p < places; ++p) {
      const auto code = static_cast<std::int16_t>(p % 2 == 0 ? 50 : -50);  // both are always alike
      met.codes.insert(met.codes.end(), {code, code});
    }
    const Curvature curvature = Curvature::of(met, 0);
    return curvature.at(0, 1) / curvature.at(0, 0);
  };
  EXPECT_NEAR(correlation(2), 0.5, 0.02);
  EXPECT_NEAR(correlation(200), 0.99, 0.03);
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

}  // namespace
}  // namespace nputwin::harden_test
