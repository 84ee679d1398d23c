// All 2^32 accumulators, for each named rule and several multipliers: the scalar definition against a closed
// form of the rule, and every instruction set's codes in registers, those that they do not leave open, against the
// definition over the range for which they are used. Some minutes a rule; `./dev long`.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/product/requantizer.h"
#include "profile/rules.h"
#include "support/codes_of_sums.h"

namespace nputwin {
namespace {

constexpr int kZeroPoint = 3;

struct Case {
  const char* name;
  RequantizeRule rule;
  /// round(acc * M) by one formula: floor((acc*m + 2^(30+k) + c) / 2^(31+k)) with k = -exponent >= 1; c by
  /// sign.
  std::int64_t (*closed_form)(std::int64_t acc, const EffectiveMultiplier& scale);
};

std::int64_t shifted(std::int64_t acc, const EffectiveMultiplier& s, std::int64_t positive, std::int64_t negative) {
  const int k = -s.fixed.exponent;
  const std::int64_t sum = acc * s.fixed.multiplier + (std::int64_t{1} << (30 + k)) + (acc >= 0 ? positive : negative);
  return sum >> (31 + k);
}

constexpr std::int64_t kStep = std::int64_t{1} << 30;

const Case kCases[] = {
    {"double", rules::kDouble,
     [](std::int64_t a, const EffectiveMultiplier& s) { return shifted(a, s, kStep, -kStep); }},
    {"double_half_up", rules::kDoubleHalfUp,
     [](std::int64_t a, const EffectiveMultiplier& s) { return shifted(a, s, kStep, kStep); }},
    {"single", rules::kSingle, [](std::int64_t a, const EffectiveMultiplier& s) { return shifted(a, s, 0, 0); }},
    {"f32", rules::kF32,
     [](std::int64_t a, const EffectiveMultiplier& s) {
       return static_cast<std::int64_t>(std::nearbyint(static_cast<float>(a) * s.binary32));
     }},
    {"rndnu", rules::kRndnu,
     [](std::int64_t a, const EffectiveMultiplier& s) {
       return static_cast<std::int64_t>(
           std::floor(static_cast<long double>(a) * static_cast<long double>(s.binary32) + 0.5L));
     }},
    {"vip_v8", rules::kVipV8,
     [](std::int64_t a, const EffectiveMultiplier& s) {
       return static_cast<std::int64_t>(
                  std::nearbyint(static_cast<long double>(a) * static_cast<long double>(s.binary32) + kZeroPoint)) -
              kZeroPoint;
     }},
};

class Exhaustive : public ::testing::TestWithParam<Case> {};

TEST_P(Exhaustive, EveryAccumulator) {
  const Case& c = GetParam();
  constexpr std::int64_t kBlock = 1 << 14;
  for (const float m : {0.31830987F, 0.0078125F, 0.00034567892F}) {
    constexpr std::int64_t kLargest = INT32_MAX;
    const std::vector<EffectiveMultiplier> scales(kBlock, effective_multiplier(c.rule, m, 1.0F, 1.0F));
    const Requantizer scalar(c.rule, scales, kZeroPoint, {-128, 127}, DType::kInt8, kLargest);
    GuardedCodes codes;
    ASSERT_EQ(guard_codes({{scalar.work()}, kZeroPoint, {-128, 127}, DType::kInt8}, codes), "") << c.name;
    std::vector<std::int32_t> acc(kBlock);
    std::vector<std::int8_t> expected(kBlock), got(kBlock);
    for (std::int64_t first = INT32_MIN; first <= INT32_MAX; first += kBlock) {
      for (std::int64_t i = 0; i < kBlock; ++i) {
        acc[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(first + i);
        const std::int64_t y = c.closed_form(first + i, scales[0]) + kZeroPoint;
        expected[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(std::clamp<std::int64_t>(y, -128, 127));
      }
      scalar.run(acc.data(), 0, 1, 0, static_cast<int>(kBlock), got.data(), 0);
      ASSERT_EQ(got, expected) << c.name << " definition, M " << m << ", accumulators from " << first;
      if (first < -kLargest) continue;
      for (const Isa& isa : available_isas()) {
        if (isa.scalar()) continue;
        const test::CodesOfSums made = test::codes_of_sums(product_int16(isa), codes, 0, acc);
        for (std::size_t i = 0; i < acc.size(); ++i) {
          if (made.unknown[i]) continue;
          ASSERT_EQ(std::to_integer<std::int8_t>(made.codes[i]), expected[i])
              << c.name << " " << isa.name << ", M " << m << ", accumulator " << acc[i];
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, Exhaustive, ::testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace nputwin
