#include "base/exact_sum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace nputwin::exact_sum_test {
namespace {

using Limits = std::numeric_limits<double>;

ExactSum of(const std::vector<double>& terms) {
  ExactSum sum;
  for (const double term : terms) sum.add(term);
  return sum;
}

TEST(ExactSum, LosesNothing) {
  EXPECT_EQ(of({}).value(), 0);
  EXPECT_EQ(of({0.1}).value(), 0.1);
  EXPECT_EQ(of({-0.1}).value(), -0.1);
  EXPECT_EQ(of({1e300, 1, -1e300}).value(), 1);
  EXPECT_EQ(of({1, 0x1p-1074, -1}).value(), 0x1p-1074);
  EXPECT_EQ(of({0x1.8p-1030, 0x1p-1074}).value(), 0x1.8p-1030 + 0x1p-1074);  // subnormals
  EXPECT_EQ(of({Limits::max(), Limits::max(), -Limits::max()}).value(), Limits::max());
  EXPECT_EQ(of({Limits::max(), Limits::max()}).value(), Limits::infinity());
  EXPECT_EQ(of({0.1, 0.2, 0.3, -0.6}).value(), 0x1p-55);  // as fractions give it
}

TEST(ExactSum, RoundsOnceToTheNearestTiesToEven) {
  EXPECT_EQ(of({1, 0x1p-53}).value(), 1);
  EXPECT_EQ(of({1, 0x1p-53, 0x1p-1074}).value(), 1 + 0x1p-52);  // just above the tie
  EXPECT_EQ(of({1 + 0x1p-52, 0x1p-53}).value(), 1 + 0x1p-51);   // the tie goes to the even neighbour
  EXPECT_EQ(of({-1, -0x1p-53, -0x1p-1074}).value(), -1 - 0x1p-52);
}

TEST(ExactSum, NoNumbersAreAsInFloatingPoint) {
  EXPECT_EQ(of({1, Limits::infinity()}).value(), Limits::infinity());
  EXPECT_EQ(of({1, -Limits::infinity()}).value(), -Limits::infinity());
  EXPECT_TRUE(std::isnan(of({Limits::infinity(), -Limits::infinity()}).value()));
  EXPECT_TRUE(std::isnan(of({Limits::quiet_NaN(), 1}).value()));
}

TEST(ExactSum, TextIsTheSum) {
  EXPECT_EQ(of({500 * 0x1p-12}).text(), "0x7dp-10");
  EXPECT_EQ(of({-1}).text(), "-0x4p-2");
  EXPECT_EQ(of({}).text(), "0");
  EXPECT_EQ(of({Limits::infinity()}).text(), "inf");
  EXPECT_EQ(of({-Limits::infinity()}).text(), "-inf");
  EXPECT_EQ(of({Limits::quiet_NaN()}).text(), "nan");
  const std::vector<std::vector<double>> sums{
      {1, 0x1p-1074}, {Limits::max(), Limits::max()}, {-Limits::max(), -0x1p-1074}, {0.1, 0.7}, {}};
  for (const auto& terms : sums) EXPECT_EQ(ExactSum::parse(of(terms).text()).value(), of(terms)) << of(terms).text();
  for (const char* wrong :
       {"", "1", "0x", "0xp1", "0x1", "0x1p", "0x1p-2000", "0x1p9999", "0xgp0", "0x1p0 ", "--0x1p0"})
    EXPECT_FALSE(ExactSum::parse(wrong)) << wrong;
}

TEST(ExactSum, OrderAndGroupingDoNotMatter) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20; ++round) {
    std::vector<double> terms(100);
    for (double& term : terms)
      term = std::ldexp(static_cast<double>(random()) - 0x1p63, static_cast<int>(random() % 600) - 300);
    const ExactSum whole = of(terms);
    std::shuffle(terms.begin(), terms.end(), random);
    const auto cut = terms.begin() + static_cast<std::ptrdiff_t>(random() % terms.size());
    ExactSum parts = of({cut, terms.end()});
    parts.merge(of({terms.begin(), cut}));
    ASSERT_EQ(parts, whole) << "round " << round;
    ASSERT_EQ(ExactSum::parse(whole.text()).value(), whole) << "round " << round;
  }
}

}  // namespace
}  // namespace nputwin::exact_sum_test
