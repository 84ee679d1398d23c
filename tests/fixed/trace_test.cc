#include "fixed/trace.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "profile/rules.h"

namespace nputwin::trace_test {
namespace {

std::string both(Int128 digits, int bits) {
  const TraceStep step{"", digits, bits};
  return decimal(step) + " " + binary(step);
}

TEST(Trace, WritesExactValues) {
  EXPECT_EQ(both(5, 1), "2.5 10.1");
  EXPECT_EQ(both(-5, 1), "-2.5 -10.1");
  EXPECT_EQ(both(0, 0), "0 0");
  EXPECT_EQ(both(-6, 0), "-6 -110");
  EXPECT_EQ(both(1, 4), "0.0625 0.0001");
  EXPECT_EQ(both(8, 4), "0.5 0.1");
  EXPECT_EQ(decimal({"", 1, 40}), "0.000000000000…");
  EXPECT_EQ(decimal({"", 1, 40}, 50), "0.0000000000009094947017729282379150390625");
  EXPECT_EQ(both(Int128{1} << 100, 98), "4 100");
}

TEST(Trace, TakesRealsWhole) {
  Trace trace;
  for (const double value : {0.1, -14.5, 0.0, 3.0, 1048576.0, 0x1p-40, -0x1p70}) trace.add_real("", value);
  for (std::size_t i = 0; i < trace.steps().size(); ++i) {
    const TraceStep& step = trace.steps()[i];
    const double expected[] = {0.1, -14.5, 0.0, 3.0, 1048576.0, 0x1p-40, -0x1p70};
    EXPECT_EQ(std::ldexp(static_cast<double>(step.digits), -step.fraction_bits), expected[i]);
  }
}

TEST(Trace, LeavesTheCodeAlone) {
  std::mt19937_64 engine(1);
  for (const RequantizeRule& rule :
       {rules::kDouble, rules::kDoubleHalfUp, rules::kSingle, rules::kF32, rules::kRndnu, rules::kReal64,
        rules::kSixteenBits, rules::kVipV8, rules::kVipV7, rules::kNvdla, rules::kRocket}) {
    for (int i = 0; i < 1000; ++i) {
      const auto acc = static_cast<std::int32_t>(engine() >> 40) - (1 << 23);
      const EffectiveMultiplier scale =
          effective_multiplier(rule, std::ldexp(1.0 + static_cast<double>(engine() % 1000) / 1000, -12));
      Trace trace;
      EXPECT_EQ(requantize(rule, acc, scale, -3, &trace), requantize(rule, acc, scale, -3));
      ASSERT_FALSE(trace.steps().empty());
      EXPECT_EQ(trace.steps().back().fraction_bits, 0);
    }
  }
}

// The value before the last rounding is the one that the rounding's tie shows: 14.5 of the reporter's first layer.
TEST(Trace, ShowsTheFirstRounding) {
  Trace trace;
  const EffectiveMultiplier scale = effective_multiplier(rules::kDouble, 0.0021764980926);
  EXPECT_EQ(requantize(rules::kDouble, 6662, scale, 0, &trace), 15);
  EXPECT_EQ(decimal(trace.steps().at(1)), "14.5");
}

}  // namespace
}  // namespace nputwin::trace_test
