// What VeriSilicon's stack computes otherwise than any TFLite kernel.

#include <gtest/gtest.h>

#include <cmath>

#include "fixed/binary16.h"
#include "profile/variant.h"
#include "support/model_builder.h"

namespace nputwin::test::chip_test {
namespace {

using Codes = std::vector<std::int8_t>;

Codes run(ModelBuilder& b, const char* profile, const std::vector<Codes>& inputs) {
  std::vector<std::vector<std::byte>> bytes;
  for (const Codes& codes : inputs) bytes.push_back(to_bytes(codes));
  return from_bytes<std::int8_t>(run_model(b.read(), resolve_profile(profile).value(), bytes, scalar_isa()).at(0));
}

Codes pair(const char* op, const char* profile, const Codes& x, const Codes& z, float s_out, int zero) {
  ModelBuilder b;
  const int n = static_cast<int>(x.size());
  const int a = b.tensor("a", DType::kInt8, {n}, 1, 0), c = b.tensor("c", DType::kInt8, {n}, 1, 0);
  const int y = b.tensor("y", DType::kInt8, {n}, s_out, zero);
  b.op(op, {a, c}, {y});
  b.inputs({a, c}), b.outputs({y});
  return run(b, profile, {x, z});
}

TEST(ChipDiv, TiesGoToEvenAndZeroDivisorsToTheEnds) {
  // 5/2 = 2.5 and -5/2; 1/2 = 0.5; 3/2 = 1.5; 1/0, -1/0 and 0/0.
  EXPECT_EQ(pair("DIV", "vip-v8", {5, -5, 1, 3, 1, -1, 0}, {2, 2, 2, 2, 0, 0, 0}, 1, 0),
            (Codes{2, -2, 0, 2, 127, -128, 0}));
  EXPECT_EQ(pair("DIV", "vip-v8{ties=half_up}", {5, -5}, {2, 2}, 1, 0), (Codes{3, -2}));
  EXPECT_EQ(pair("DIV", "vip-v8", {5, -5}, {2, 2}, 1, 1), (Codes{4, -2})) << "3.5 and -1.5";
}

TEST(ChipSquaredDifference, LosesDifferencesBelowTheOutputsRange) {
  // With the zero point at the lower end no negative difference can be held: it counts as 0.
  EXPECT_EQ(pair("SQUARED_DIFFERENCE", "vip-v8", {5, 2}, {2, 5}, 1, -128), (Codes{-119, -128}));
  EXPECT_EQ(pair("SQUARED_DIFFERENCE", "vip-v8", {5, 2}, {2, 5}, 1, 0), (Codes{9, 9}));
  EXPECT_EQ(pair("SQUARED_DIFFERENCE", "tflite-2.14-x86-ref", {5, 2}, {2, 5}, 1, -128), (Codes{-119, -119}));
}

Codes sum(const char* profile, const Shape& shape, const std::vector<std::int32_t>& axes, const Codes& x, float s_in,
          float s_out, const char* op = "SUM") {
  ModelBuilder b;
  const int a = b.tensor("a", DType::kInt8, shape, s_in, 0), y = b.tensor("y", DType::kInt8, {}, s_out, 0);
  const int axis = b.constant<std::int32_t>("axis", {static_cast<int>(axes.size())}, axes);
  b.op(op, {a, axis}, {y}, {{"keep_dims", false}});
  b.inputs({a}), b.outputs({y});
  return run(b, profile, {x});
}

TEST(ChipSum, RoundsToBinary16BetweenAxesThatAreNoNeighbours) {
  // [2,1,2]: the innermost sums are 1 + 1/2048 and 0 in units of 127 * 2048 / 2048 … binary16 keeps 11 bits.
  // 2049 * 2^-4 is a tie between 2048 and 2050 * 2^-4: to even, 2048.
  const float s = 1;
  Codes x(2 * 3 * 17, 0);
  for (int i = 0; i < 17; ++i) x[static_cast<std::size_t>(i)] = i < 16 ? 127 : 17;  // 2049
  x[3 * 17] = 1;                                                                    // 1 in the other sum
  EXPECT_EQ(sum("vip-v8", {2, 3, 17}, {0, 2}, x, s, 25), (Codes{82, 0, 0})) << "2048 + 1 = 2049 in 25s: 81.96";
  EXPECT_EQ(sum("vip-v8", {2, 3, 17}, {0, 2}, x, s, 4098), (Codes{0, 0, 0})) << "2049 / 4098: under a half";
  EXPECT_EQ(sum("vip-v8{reduces_in_binary16=false,ties=half_up}", {2, 3, 17}, {0, 2}, x, s, 4098), (Codes{1, 0, 0}))
      << "2050 / 4098";
}

TEST(ChipSum, NeighbouringAxesAreOne) {
  Codes x(2 * 17, 0);
  for (int i = 0; i < 17; ++i) x[static_cast<std::size_t>(i)] = i < 16 ? 127 : 17;
  x[17] = 1;
  EXPECT_EQ(sum("vip-v8{ties=half_up}", {2, 17}, {0, 1}, x, 1, 4100), (Codes{1})) << "2050 / 4100, exactly a half";
}

TEST(ChipProd, RealProducts) {
  EXPECT_EQ(sum("vip-v8", {1, 3}, {1}, {5, 1, 3}, 0.5F, 0.25F, "REDUCE_PROD"), (Codes{8})) << "7.5";
  EXPECT_EQ(sum("vip-v8", {1, 3}, {1}, {5, 1, -1}, 0.5F, 0.25F, "REDUCE_PROD"), (Codes{-2})) << "-2.5";
}

TEST(Binary16, RoundsToEvenAndOverflows) {
  EXPECT_EQ(to_binary16(2049), 2048);
  EXPECT_EQ(to_binary16(2051), 2052);
  EXPECT_EQ(to_binary16(-2049), -2048);
  EXPECT_EQ(to_binary16(65519), 65504);
  EXPECT_EQ(to_binary16(65520), HUGE_VAL);
  EXPECT_EQ(to_binary16(-1e9), -HUGE_VAL);
  EXPECT_EQ(to_binary16(std::ldexp(1.0, -25)), 0) << "half of the smallest";
  EXPECT_EQ(to_binary16(std::ldexp(3.0, -25)), std::ldexp(2.0, -24));
  EXPECT_EQ(to_binary16(0), 0);
}

TEST(ChipTables, PiecewiseLinearLiesAboveAConvexFunction) {
  ModelBuilder b;
  Codes all;
  for (int q = -128; q <= 127; ++q) all.push_back(static_cast<std::int8_t>(q));
  const int x = b.tensor("x", DType::kInt8, {256}, 0.03125F, -64), y = b.tensor("y", DType::kInt8, {256}, 1.6F, -128);
  b.op("EXP", {x}, {y});
  b.inputs({x}), b.outputs({y});
  const Codes exact = run(b, "vip-v8", {all}), lines = run(b, "vip-v8{table_method=piecewise_linear}", {all});
  int above = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    // Between 4 and 6 the entries are 1/4 apart: a line is at most exp(x) / 128 off.
    const double most = std::exp((all[i] + 64) / 32.0) / 128 / 1.6;
    EXPECT_GE(lines[i], exact[i]) << "code " << int{all[i]};
    EXPECT_LE(lines[i] - exact[i], std::ceil(most)) << "code " << int{all[i]};
    above += lines[i] > exact[i] ? 1 : 0;
    if ((all[i] + 64) % 8 == 0) {
      EXPECT_EQ(lines[i], exact[i]) << "an entry of the table";
    }
  }
  EXPECT_GT(above, 10);
}

TEST(ChipGelu, IsByTheHyperbolicTangentAlways) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {4}, 1.0F / 32, 0), y = b.tensor("y", DType::kInt8, {4}, 1.0F / 1024, 127);
  b.op("GELU", {x}, {y}, {{"approximate", false}});  // asks for the exact one
  b.inputs({x}), b.outputs({y});
  const Codes in{-80, -64, -96, 0};
  EXPECT_NE(run(b, "vip-v8", {in}), run(b, "vip-v8{gelu_is_tanh=false}", {in}));
}

}  // namespace
}  // namespace nputwin::test::chip_test
