#include "fixed/requantize.h"

#include <gtest/gtest.h>

#include "profile/rules.h"

namespace nputwin::requantize_test {
namespace {

std::int32_t apply(const RequantizeRule& rule, std::int32_t acc, float m, std::int32_t zero_point) {
  return requantize(rule, acc, make_rescale(rule, m, 1.0F, 1.0F), zero_point);
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

TEST(Requantize, ExtremesNeitherOverflowNorTrap) {
  for (const RequantizeRule& rule :
       {rules::kDouble, rules::kSingle, rules::kF32, rules::kRndnu, rules::kReal64, rules::kVipV8}) {
    for (const float m : {1e-30F, 1e-9F, 0.3F, 1.0F, 255.0F, 1e30F}) {
      for (const std::int32_t acc : {INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX}) {
        for (const std::int32_t zero : {-128, -1, 0, 127, 255}) (void)apply(rule, acc, m, zero);
      }
    }
  }
  EXPECT_EQ(apply(rules::kVipV8, INT32_MAX, 1e30F, 0), INT32_MAX);
  EXPECT_EQ(apply(rules::kVipV8, INT32_MIN, 1e30F, 0), INT32_MIN);
  EXPECT_EQ(apply(rules::kVipV8, INT32_MIN, 1e-30F, 5), 5);
}

TEST(AccumulatorRegister, WrapsOnCpusAndSaturatesOnTheChip) {
  const std::int64_t beyond = (std::int64_t{1} << 31) + 5;
  EXPECT_EQ(accumulator_register(rules::kDouble, beyond), INT32_MIN + 5);
  EXPECT_EQ(accumulator_register(rules::kVipV8, beyond), INT32_MAX);
  EXPECT_EQ(accumulator_register(rules::kVipV8, -beyond), INT32_MIN);
}

}  // namespace
}  // namespace nputwin::requantize_test
