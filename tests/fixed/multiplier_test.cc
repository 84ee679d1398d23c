#include "fixed/multiplier.h"

#include <gtest/gtest.h>

#include <cmath>

namespace nputwin::multiplier_test {
namespace {

TEST(QuantizeMultiplier, KnownValues) {
  EXPECT_EQ(quantize_multiplier(0.5), (QuantizedMultiplier{1 << 30, 0}));
  EXPECT_EQ(quantize_multiplier(1.0), (QuantizedMultiplier{1 << 30, 1}));
  EXPECT_EQ(quantize_multiplier(0.0), (QuantizedMultiplier{0, 0}));
  EXPECT_EQ(quantize_multiplier(std::ldexp(0.75, -40)), (QuantizedMultiplier{0, 0}));
  // A fraction that rounds up to 2^31 is halved again.
  EXPECT_EQ(quantize_multiplier(std::nextafter(1.0, 0.0)), (QuantizedMultiplier{1 << 30, 1}));
}

TEST(SignificandMultiplier, CutsOrRoundsTheFraction) {
  const float scale = 1.99999988F;  // all 24 bits set
  EXPECT_EQ(significand_multiplier(scale, 24, Rounding::kFloor), (QuantizedMultiplier{(1 << 24) - 1, 1}));
  EXPECT_EQ(significand_multiplier(scale, 16, Rounding::kFloor), (QuantizedMultiplier{(1 << 16) - 1, 1}));
  EXPECT_EQ(significand_multiplier(scale, 16, Rounding::kHalfUp), (QuantizedMultiplier{1 << 15, 2}));
}

TEST(HighMul, SaturatesOnlyAtTheOneOverflow) {
  EXPECT_EQ(saturating_rounding_doubling_high_mul(INT32_MIN, INT32_MIN), INT32_MAX);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(INT32_MIN, INT32_MAX), -INT32_MAX);
  EXPECT_EQ(saturating_rounding_doubling_high_mul(5, 1 << 30), 3);    // 2.5
  EXPECT_EQ(saturating_rounding_doubling_high_mul(-5, 1 << 30), -2);  // -2.5
}

TEST(DivideByPot, TiesGoAwayFromZeroAndTheEndsHold) {
  EXPECT_EQ(rounding_divide_by_pot(5, 1), 3);
  EXPECT_EQ(rounding_divide_by_pot(-5, 1), -3);
  EXPECT_EQ(rounding_divide_by_pot(INT32_MAX, 1), 1 << 30);
  EXPECT_EQ(rounding_divide_by_pot(INT32_MIN, 31), -1);
}

TEST(ShiftLeft, WrapsAndCountsModulo32) {
  EXPECT_EQ(shift_left_wrapping(1, 31), INT32_MIN);
  EXPECT_EQ(shift_left_wrapping(3, 31), INT32_MIN);
  EXPECT_EQ(shift_left_wrapping(1, 38), 64);
}

}  // namespace
}  // namespace nputwin::multiplier_test
