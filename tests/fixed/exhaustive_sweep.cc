// All 2^32 accumulators, for each named rule and several multipliers: the scalar definition against a closed
// form of the rule, and every instruction set's vector form against the definition over the range for which
// it is used. Some minutes a rule; `./dev long`.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/requantize/requantizer.h"
#include "profile/rules.h"

namespace nputwin {
namespace {

constexpr int kZeroPoint = 3;

struct Case {
  const char* name;
  RequantizeRule rule;
  /// round(acc * M) by one formula: floor((acc*m + 2^(30+k) + c) / 2^(31+k)) with k = -exponent >= 1; c by
  /// sign.
  std::int64_t (*closed_form)(std::int64_t acc, const EffectiveMultiplier& scale);
  std::int64_t largest;  ///< bound of |acc| up to which the vector form is used for the multipliers below
};

std::int64_t shifted(std::int64_t acc, const EffectiveMultiplier& s, std::int64_t positive, std::int64_t negative) {
  const int k = -s.fixed.exponent;
  const std::int64_t sum = acc * s.fixed.multiplier + (std::int64_t{1} << (30 + k)) + (acc >= 0 ? positive : negative);
  return sum >> (31 + k);
}

constexpr std::int64_t kStep = std::int64_t{1} << 30;

const Case kCases[] = {
    {"double", rules::kDouble,
     [](std::int64_t a, const EffectiveMultiplier& s) { return shifted(a, s, kStep, -kStep); }, INT32_MAX - (1 << 21)},
    {"double_half_up", rules::kDoubleHalfUp,
     [](std::int64_t a, const EffectiveMultiplier& s) { return shifted(a, s, kStep, kStep); }, INT32_MAX - (1 << 21)},
    {"single", rules::kSingle, [](std::int64_t a, const EffectiveMultiplier& s) { return shifted(a, s, 0, 0); },
     INT32_MAX - (1 << 21)},
    {"f32", rules::kF32,
     [](std::int64_t a, const EffectiveMultiplier& s) {
       return static_cast<std::int64_t>(std::nearbyint(static_cast<float>(a) * s.binary32));
     },
     INT32_MAX},
    // binary64 holds 31 bits times 24 only for smaller accumulators; long double holds all.
    {"rndnu", rules::kRndnu,
     [](std::int64_t a, const EffectiveMultiplier& s) {
       return static_cast<std::int64_t>(
           std::floor(static_cast<long double>(a) * static_cast<long double>(s.binary32) + 0.5L));
     },
     (1 << 27) - 1},
    {"vip_v8", rules::kVipV8,
     [](std::int64_t a, const EffectiveMultiplier& s) {
       return static_cast<std::int64_t>(
                  std::nearbyint(static_cast<long double>(a) * static_cast<long double>(s.binary32) + kZeroPoint)) -
              kZeroPoint;
     },
     (1 << 27) - 1},
};

class Exhaustive : public ::testing::TestWithParam<Case> {};

TEST_P(Exhaustive, EveryAccumulator) {
  const Case& c = GetParam();
  constexpr std::int64_t kBlock = 1 << 14;
  for (const float m : {0.31830987F, 0.0078125F, 0.00034567892F}) {
    const std::vector<EffectiveMultiplier> scales(kBlock, effective_multiplier(c.rule, m, 1.0F, 1.0F));
    const Requantizer scalar(c.rule, scales, kZeroPoint, {-128, 127}, DType::kInt8, c.largest, scalar_isa());
    std::vector<std::pair<std::string, Requantizer>> vectors;
    for (const Isa& isa : available_isas()) {
      if (!isa.scalar())
        vectors.emplace_back(isa.name,
                             Requantizer(c.rule, scales, kZeroPoint, {-128, 127}, DType::kInt8, c.largest, isa));
    }
    std::vector<std::int32_t> acc(kBlock + Requantizer::kPadding);
    std::vector<std::int8_t> expected(kBlock), got(kBlock);
    for (std::int64_t first = INT32_MIN; first <= INT32_MAX; first += kBlock) {
      for (std::int64_t i = 0; i < kBlock; ++i) {
        acc[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(first + i);
        const std::int64_t y = c.closed_form(first + i, scales[0]) + kZeroPoint;
        expected[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(std::clamp<std::int64_t>(y, -128, 127));
      }
      scalar.run(acc.data(), 0, 1, 0, static_cast<int>(kBlock), got.data(), 0);
      ASSERT_EQ(got, expected) << c.name << " definition, M " << m << ", accumulators from " << first;
      if (first < -c.largest || first + kBlock - 1 > c.largest) continue;
      for (const auto& [isa, vector] : vectors) {
        vector.run(acc.data(), 0, 1, 0, static_cast<int>(kBlock), got.data(), 0);
        ASSERT_EQ(got, expected) << c.name << " " << isa << ", M " << m << ", accumulators from " << first;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, Exhaustive, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace nputwin
