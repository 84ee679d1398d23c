#include "fixed/reaches.h"

#include <gtest/gtest.h>

#include <random>

#include "profile/rules.h"

namespace nputwin {
namespace {

/// Beside the definition, at a sum and its neighbours, for the codes around its own.
void expect_as_defined(const RequantizeRule& rule, float multiplier, std::int32_t zero_point, std::int64_t largest,
                       std::int64_t sum) {
  const EffectiveMultiplier scale = effective_multiplier(rule, multiplier, 1.0F, 1.0F);
  const Reaches reaches(rule, scale, zero_point, largest);
  for (std::int64_t s = std::max(sum - 1, -largest); s <= std::min(sum + 1, largest); ++s) {
    const std::int32_t own = requantize(rule, s, scale, zero_point);
    if (own < INT16_MIN || own > INT16_MAX) continue;
    for (const std::int32_t code : {own - 1, own, own + 1})
      ASSERT_EQ(reaches(s, code), own >= code) << name(rule.method) << " with ties " << name(rule.rounding) << ", M "
                                               << multiplier << ", zero point " << zero_point << ", sum " << s;
  }
}

TEST(Reaches, TiesOfBothSignsGoWhereTheRuleSendsThem) {
  for (const Rounding rounding :
       {Rounding::kHalfUp, Rounding::kHalfAwayFromZero, Rounding::kHalfToEven, Rounding::kHalfDown,
        Rounding::kHalfTowardZero, Rounding::kFloor, Rounding::kTowardZero}) {
    for (const auto method :
         {RequantizeRule::Method::kOneStep, RequantizeRule::Method::kSignificand, RequantizeRule::Method::kBinary32,
          RequantizeRule::Method::kBinary64, RequantizeRule::Method::kTwoStep}) {
      for (const bool first : {false, true}) {
        for (const std::int32_t zero : {-3, 0, 4, 5}) {
          const RequantizeRule rule{.method = method, .rounding = rounding, .zero_point_first = first};
          for (std::int64_t sum = -41; sum <= 41; ++sum) expect_as_defined(rule, 0.5F, zero, 1 << 20, sum);
        }
      }
    }
  }
}

constexpr RequantizeRule kFewProductBits{
    .method = RequantizeRule::Method::kOneStep, .rounding = Rounding::kHalfUp, .product_bits = 24};
constexpr RequantizeRule kFewGuardBits{
    .method = RequantizeRule::Method::kSignificand, .rounding = Rounding::kHalfToEven, .guard_bits = 3};

TEST(Reaches, EqualsTheDefinitionForEveryNamedRule) {
  std::mt19937_64 random(7);  // NOLINT(bugprone-random-generator-seed): the same ones each time
  std::uniform_real_distribution<float> significand(0.5F, 1.0F);
  for (const RequantizeRule& rule : {rules::kDouble, rules::kDoubleHalfUp, rules::kSingle, rules::kF32, rules::kRndnu,
                                     rules::kReal64, rules::kVipV8, rules::kVipV7, rules::kNvdla, rules::kRocket,
                                     rules::kHexagon, rules::kSixteenBits, kFewProductBits, kFewGuardBits}) {
    for (int n = 0; n < 20'000; ++n) {
      const int bits = static_cast<int>(random() % 34) - 2;
      const float multiplier = std::ldexp(significand(random), -bits);
      const auto zero = static_cast<std::int32_t>(random() % 256) - 128;
      const auto code = static_cast<std::int32_t>(random() % 300) - 150;
      // The sum next to the tie below a code: what random sums next to never meet.
      const double tie = (code - 0.5 - zero) / static_cast<double>(multiplier);
      if (std::abs(tie) > 0x1p30) continue;
      const auto sum = static_cast<std::int64_t>(std::nearbyint(tie));
      ASSERT_NO_FATAL_FAILURE(expect_as_defined(rule, multiplier, zero, std::abs(sum) + 1, sum));
    }
  }
}

}  // namespace
}  // namespace nputwin
