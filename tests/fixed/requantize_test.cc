#include "fixed/requantize.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "profile/rules.h"

namespace nputwin::requantize_test {
namespace {

std::int32_t apply(const RequantizeRule& rule, std::int64_t acc, float m, std::int32_t zero_point) {
  return requantize(rule, acc, effective_multiplier(rule, m, 1.0F, 1.0F), zero_point);
}

TEST(Requantize, TiesOfTheNamedRules) {
  // acc 5 and -5 with M = 1/2: 2.5 and -2.5.
  EXPECT_EQ(apply(rules::kDouble, 5, 0.25F * 2, 0), 3);
  EXPECT_EQ(apply(rules::kDouble, -10, 0.25F, 0), -3);
  EXPECT_EQ(apply(rules::kDoubleHalfUp, -10, 0.25F, 0), -2);
  EXPECT_EQ(apply(rules::kSingle, 10, 0.25F, 0), 3);
  EXPECT_EQ(apply(rules::kSingle, -10, 0.25F, 0), -2);
  EXPECT_EQ(apply(rules::kF32, 10, 0.25F, 0), 2);
  EXPECT_EQ(apply(rules::kF32, -10, 0.25F, 0), -2);
  EXPECT_EQ(apply(rules::kRndnu, 10, 0.25F, 0), 3);
  EXPECT_EQ(apply(rules::kRndnu, -10, 0.25F, 0), -2);
  EXPECT_EQ(apply(rules::kReal64, -10, 0.25F, 0), -3);
}

TEST(Requantize, VipAddsTheZeroPointBeforeItRounds) {
  EXPECT_EQ(apply(rules::kVipV8, 10, 0.25F, 0), 2);
  EXPECT_EQ(apply(rules::kVipV8, -10, 0.25F, 0), -2);
  EXPECT_EQ(apply(rules::kVipV8, 10, 0.25F, 1), 4);    // 3.5
  EXPECT_EQ(apply(rules::kVipV8, -10, 0.25F, 1), -2);  // -1.5
}

TEST(Requantize, TwoRoundingsDifferFromOne) {
  // The worked example of a thread: accumulator 588, M = 0.70710678 * 2^-6. Two roundings: 416 / 64 = 6.5 ->
  // 7; one: 6.4965.
  const float m = 0.70710678F / 64;
  EXPECT_EQ(apply(rules::kDouble, 588, m, -10), -3);
  EXPECT_EQ(apply(rules::kSingle, 588, m, -10), -4);
}

TEST(Requantize, AMultiplierOfOneLosesNothing) {
  // The sum and the zero point, saturated to int32. Not kDouble, which shifts left first, and not kF32, which holds
  // only sums up to 2^24.
  for (const RequantizeRule& rule : {rules::kSingle, rules::kRndnu, rules::kReal64, rules::kVipV8}) {
    for (const std::int32_t acc : {INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX}) {
      for (const std::int32_t zero : {-128, -1, 0, 127, 255}) {
        const auto expected = std::clamp<std::int64_t>(std::int64_t{acc} + zero, INT32_MIN, INT32_MAX);
        EXPECT_EQ(apply(rule, acc, 1.0F, zero), expected)
            << rules::name_of(rule) << ", sum " << acc << ", zero point " << zero;
      }
    }
  }
}

TEST(Requantize, TwoRoundingsAtTheEndsOfTheRegister) {
  EXPECT_EQ(apply(rules::kDouble, INT32_MAX, 0.5F, 0), 1 << 30);  // 2^30 - 1/2, half up
  EXPECT_EQ(apply(rules::kDouble, INT32_MIN, 0.5F, 0), -(1 << 30));
  // M = 2 is 2^30 / 2^31 after a left shift by 2, which wraps: INT32_MAX becomes -4.
  EXPECT_EQ(apply(rules::kDouble, INT32_MAX, 2.0F, 0), -2);
}

TEST(Requantize, TinyMultipliersGiveTheZeroPoint) {
  for (const RequantizeRule& rule :
       {rules::kDouble, rules::kSingle, rules::kF32, rules::kRndnu, rules::kReal64, rules::kVipV8}) {
    for (const std::int32_t acc : {INT32_MIN, -1, 0, 1, INT32_MAX}) {
      for (const std::int32_t zero : {-128, 0, 255}) {
        EXPECT_EQ(apply(rule, acc, 1e-30F, zero), zero) << rules::name_of(rule) << ", sum " << acc;
      }
    }
  }
}

TEST(Requantize, HugeMultipliersSaturate) {
  // Only rules whose runtimes do not shift the sum left in 32 bits.
  for (const RequantizeRule& rule : {rules::kF32, rules::kReal64, rules::kVipV8}) {
    for (const float m : {255.0F, 1e30F}) {
      EXPECT_EQ(apply(rule, INT32_MAX, m, 0), INT32_MAX) << rules::name_of(rule) << ", M " << m;
      EXPECT_EQ(apply(rule, INT32_MIN, m, 0), INT32_MIN) << rules::name_of(rule) << ", M " << m;
      EXPECT_EQ(apply(rule, 0, m, 5), 5) << rules::name_of(rule) << ", M " << m;
    }
  }
}

TEST(Requantize, ResultsOfWideSumsWrapAt32Bits) {
  // M is 2: 2^31 - 1 doubled is 2^32 - 2, which wraps to -2.
  EXPECT_EQ(apply(rules::kSixteenBits, INT32_MAX, 2.0F, 0), -2);
  EXPECT_EQ(apply(rules::kSixteenBits, INT32_MIN, 2.0F, 0), 0);
  EXPECT_EQ(apply(rules::kSixteenBits, INT64_C(3) << 30, 0.5F, 0), INT64_C(3) << 29);
  EXPECT_EQ(apply(rules::kSixteenBits, INT64_C(3) << 30, 1.0F, 7), (INT32_MIN / 2) + 7);
}

TEST(AccumulatorRegister, WrapsOnCpusAndSaturatesOnTheChip) {
  const std::int64_t beyond = (std::int64_t{1} << 31) + 5;
  EXPECT_EQ(accumulator_register(rules::kDouble, beyond), INT32_MIN + 5);
  EXPECT_EQ(accumulator_register(rules::kVipV8, beyond), INT32_MAX);
  EXPECT_EQ(accumulator_register(rules::kVipV8, -beyond), INT32_MIN);
}

}  // namespace
}  // namespace nputwin::requantize_test
