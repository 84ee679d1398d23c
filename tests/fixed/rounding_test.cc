#include "fixed/rounding.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nputwin::rounding_test {
namespace {

struct TieCase {
  Rounding rounding;
  int plus, minus;  // what 2.5 and -2.5 become
};

const TieCase kTies[] = {
    {Rounding::kHalfUp, 3, -2},     {Rounding::kHalfAwayFromZero, 3, -3}, {Rounding::kHalfToEven, 2, -2},
    {Rounding::kHalfDown, 2, -3},   {Rounding::kHalfTowardZero, 2, -2},   {Rounding::kFloor, 2, -3},
    {Rounding::kTowardZero, 2, -2},
};

TEST(Rounding, TiesGoWhereTheTableSays) {
  for (const TieCase& c : kTies) {
    EXPECT_EQ(shift_right_rounded<std::int64_t>(5, 1, c.rounding), c.plus) << name(c.rounding);
    EXPECT_EQ(shift_right_rounded<std::int64_t>(-5, 1, c.rounding), c.minus) << name(c.rounding);
    EXPECT_EQ(divide_rounded<std::int64_t>(5, 2, c.rounding), c.plus) << name(c.rounding);
    EXPECT_EQ(divide_rounded<std::int64_t>(-5, 2, c.rounding), c.minus) << name(c.rounding);
    EXPECT_EQ(round_real(2.5, c.rounding), c.plus) << name(c.rounding);
    EXPECT_EQ(round_real(-2.5, c.rounding), c.minus) << name(c.rounding);
  }
}

TEST(Rounding, ExactValuesStay) {
  for (const TieCase& c : kTies) {
    EXPECT_EQ(shift_right_rounded<std::int64_t>(-8, 2, c.rounding), -2);
    EXPECT_EQ(shift_right_rounded<std::int64_t>(-7, 0, c.rounding), -7);
    EXPECT_EQ(divide_rounded<std::int64_t>(-9, 3, c.rounding), -3);
    EXPECT_EQ(round_real(-3.0, c.rounding), -3);
    EXPECT_EQ(round_real(-0.0, c.rounding), 0);
  }
}

TEST(Rounding, RealNumbersClipAtTheEndsOfInt32) {
  EXPECT_EQ(round_real(1e300, Rounding::kHalfUp), INT32_MAX);
  EXPECT_EQ(round_real(-std::numeric_limits<double>::infinity(), Rounding::kHalfUp), INT32_MIN);
  EXPECT_EQ(round_real(std::nan(""), Rounding::kHalfUp), 0);
  EXPECT_EQ(round_real(2147483646.5, Rounding::kHalfUp), 2147483647);
}

TEST(Rounding, BranchlessFormsEqualTheDefinition) {
  for (int i = -40000; i <= 40000; ++i) {
    const float x = static_cast<float>(i) / 8.0F;
    EXPECT_EQ(round_half_even_small(x), round_real(static_cast<double>(x), Rounding::kHalfToEven)) << x;
    EXPECT_EQ(round_half_away_small(x), round_real(static_cast<double>(x), Rounding::kHalfAwayFromZero)) << x;
  }
  // The largest binary32 below one half: adding one half in binary32 would reach 1.
  EXPECT_EQ(round_half_away_small(0.49999997F), 0);
  EXPECT_EQ(round_half_away_small(-0.49999997F), 0);
}

}  // namespace
}  // namespace nputwin::rounding_test
