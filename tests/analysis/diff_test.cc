#include "analysis/compare/diff.h"

#include <gtest/gtest.h>

#include <cmath>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "sides/input_source.h"
#include "support/paths.h"

namespace nputwin::diff_test {
namespace {

struct Pair {
  TensorSpec spec{"t", DType::kInt8, {4}, {{0.5F}, {1}, 0}};
  std::vector<std::int8_t> a, b;

  DifferenceStats stats() {
    DifferenceStats s;
    s.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
    return s;
  }
};

TEST(DifferenceStats, CountsInStepsOfTheCode) {
  const DifferenceStats s = Pair{.a = {1, 2, 3, 5}, .b = {1, 1, 5, 5}}.stats();
  EXPECT_EQ(s.elements(), 4);
  EXPECT_EQ(s.mismatches(), 2);
  EXPECT_DOUBLE_EQ(s.mismatch_rate(), 0.5);
  EXPECT_EQ(s.histogram(), (std::map<std::int64_t, std::int64_t>{{-1, 1}, {0, 2}, {2, 1}}));
  EXPECT_DOUBLE_EQ(s.largest(), 2);
  EXPECT_DOUBLE_EQ(s.bias(), 0.25);
  EXPECT_EQ(s.first_mismatch(), 1);
  // real a: 0, 0.5, 1, 2; differences 0, -0.5, 1, 0
  EXPECT_NEAR(s.sqnr_db().value(), 10 * std::log10(5.25 / 1.25), 1e-12);
  EXPECT_NEAR(s.cosine().value(), (0 + 0 + 2 + 4) / std::sqrt(5.25 * (0.0 + 0 + 4 + 4)), 1e-12);
}

TEST(DifferenceStats, Int64DifferencesBeyondTheHistogramCountAtItsEnds) {
  const TensorSpec spec{"t", DType::kInt64, {3}, {}};
  const std::vector<std::int64_t> a{INT64_MIN, INT64_MAX, 0}, b{INT64_MAX, INT64_MIN, 1};
  DifferenceStats s;
  s.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
  constexpr std::int64_t kEnd = std::int64_t{1} << 62;
  EXPECT_EQ(s.histogram(), (std::map<std::int64_t, std::int64_t>{{-kEnd, 1}, {1, 1}, {kEnd, 1}}));
}

TEST(DifferenceStats, SpreadAndPeak) {
  const DifferenceStats s = Pair{.a = {1, 2, 3, 5}, .b = {1, 1, 5, 5}}.stats();  // differences 0, -1, 2, 0
  EXPECT_DOUBLE_EQ(s.mean_absolute(), 0.75);
  EXPECT_DOUBLE_EQ(s.rms(), std::sqrt(1.25));
  EXPECT_DOUBLE_EQ(s.deviation(), std::sqrt(1.25 - 0.0625));
  EXPECT_NEAR(s.psnr_db().value(), 20 * std::log10(255 / std::sqrt(1.25)), 1e-12);
  EXPECT_EQ(s.channels(), (std::vector<std::int64_t>{0, 1, 1, 0}));
  EXPECT_EQ(s.border().elements, 0);
}

TEST(DifferenceStats, SumsOverManyCodesAreExact) {
  const TensorSpec spec{"t", DType::kUInt8, {20'000}, {{0.1F}, {200}, 0}};  // several blocks, far from the zero point
  std::vector<std::uint8_t> a(20'000), b(20'000);
  std::int64_t aa = 0, bb = 0, ab = 0, dd = 0, saturated = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<std::uint8_t>(i * 7 % 3), b[i] = static_cast<std::uint8_t>(i % 5 == 0 ? 255 : a[i]);
    const std::int64_t x = a[i] - 200, y = b[i] - 200;
    aa += x * x;
    bb += y * y;
    ab += x * y;
    dd += (x - y) * (x - y);
    saturated += a[i] == 0;
  }
  DifferenceStats s;
  s.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
  EXPECT_NEAR(s.sqnr_db().value(), 10 * std::log10(static_cast<double>(aa) / static_cast<double>(dd)), 1e-12);
  EXPECT_NEAR(s.cosine().value(),
              static_cast<double>(ab) / std::sqrt(static_cast<double>(aa) * static_cast<double>(bb)), 1e-12);
  EXPECT_EQ(s.mismatches(), 4000);
  EXPECT_DOUBLE_EQ(s.saturated(), static_cast<double>(saturated) / 20'000);
  EXPECT_EQ(s.extent_a().most, 2);
  EXPECT_EQ(s.extent_b().most, 255);
}

TEST(DifferenceStats, TrustIsNotGivenToConstantAndSaturatedOutputs) {
  EXPECT_EQ((Pair{.a = {7, 7, 7, 7}, .b = {7, 7, 7, 7}}.stats().trust()), 0);
  const DifferenceStats half = Pair{.a = {-128, 127, 3, 4}, .b = {-128, 127, 3, 4}}.stats();
  EXPECT_DOUBLE_EQ(half.saturated(), 0.5);
  EXPECT_DOUBLE_EQ(half.trust(), 0.5);
  EXPECT_EQ((Pair{.a = {-128, 127, -128, 127}, .b = {-128, 127, -128, 127}}.stats().trust()), 0);
}

TEST(DifferenceStats, AShiftIsTheSameEverywhere) {
  const auto shift = [](std::vector<std::int8_t> a, std::vector<std::int8_t> b) {
    return Pair{.a = std::move(a), .b = std::move(b)}.stats().shift();
  };
  EXPECT_EQ(shift({1, 2, 3, 5}, {4, 5, 6, 8}), 3);
  EXPECT_EQ(shift({1, 2, 3, 5}, {-4, -2, -2, 0}), -5);            // -5, -4, -5, -5: a rounding step off in one
  EXPECT_EQ(shift({-128, -1, 0, 127}, {0, 127, -128, -1}), 128);  // uint8 read as int8
  EXPECT_EQ(shift({1, 2, 3, 5}, {4, 5, 6, 5}), std::nullopt);     // one is equal
  EXPECT_EQ(shift({1, 2, 3, 5}, {4, 5, 6, 11}), std::nullopt);
  EXPECT_EQ(shift({2, 2, 2, 2}, {5, 5, 5, 5}), std::nullopt);  // a constant tells nothing
  EXPECT_EQ(shift({1, 2}, {3, 5}), std::nullopt);              // so do two values
  EXPECT_EQ(shift({1, 2, 3, 5}, {3, 5, 5, 8}), std::nullopt);  // 2, 3, 2, 3: nothing everywhere
}

TEST(DifferenceStats, BorderAgainstInterior) {
  TensorSpec spec{"t", DType::kInt8, {1, 3, 4, 2}, {{1}, {0}, 0}};
  std::vector<std::int8_t> a(24, 0), b(24, 0);
  b[0] = 1;                     // first row, channel 0
  b[(1 * 4 + 2) * 2 + 1] = 1;   // inside, channel 1
  b[(1 * 4 + 3) * 2 + 1] = -1;  // last column, channel 1
  DifferenceStats s;
  s.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
  EXPECT_EQ(s.border().elements, 20);  // all but the two pixels inside
  EXPECT_EQ(s.border().mismatches, 2);
  EXPECT_EQ(s.channels(), (std::vector<std::int64_t>{1, 2}));
}

TEST(DifferenceStats, WhatIsUndefinedIsNothing) {
  const DifferenceStats same = Pair{.a = {1, 2, 3, 4}, .b = {1, 2, 3, 4}}.stats();
  EXPECT_EQ(same.sqnr_db(), std::nullopt);
  EXPECT_EQ(same.cosine(), 1.0);
  const DifferenceStats silent = Pair{.a = {1, 1, 1, 1}, .b = {1, 1, 2, 1}}.stats();
  EXPECT_EQ(silent.sqnr_db(), std::nullopt);
  EXPECT_EQ(silent.cosine(), std::nullopt);
}

DiffResult digits(const char* a, const char* b) {
  const auto model = read_tflite(source_path("models/digits_embed20_i8.tflite")).value();
  const Sides sides = open_sides(model, a, b, {}).value();
  const std::vector<InputArgument> source{source_path("models/digits_int8.npy")};
  const SideInputs inputs = SideInputs::open(sides, source, {}).value();
  Diff diff(sides);
  EXPECT_TRUE(add_samples(diff, sides, inputs, {0, inputs.size()}, {}));
  return diff.result();
}

TEST(DiffResult, AFewElementsAreTheWorstOnlyAmongTheirKind) {
  const auto layer = [](std::size_t node, std::size_t elements, std::size_t differ) {
    LayerDiff made;
    made.node = node;
    std::vector<std::int8_t> a(elements, 1), b(elements, 1);
    std::fill_n(b.begin(), differ, std::int8_t{2});
    const TensorSpec spec{"t", DType::kInt8, {static_cast<std::int32_t>(elements)}, {{1}, {0}, 0}};
    made.accumulated.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
    return made;
  };
  DiffResult r;
  r.layers = {layer(0, 1, 1), layer(1, 100, 90), layer(2, 100, 10)};
  EXPECT_EQ(r.worst()->node, 1U);
  r.layers = {layer(0, 1, 1), layer(1, 100, 0)};
  EXPECT_EQ(r.worst()->node, 0U);
}

TEST(DifferenceStats, NaNHasNoSign) {
  const TensorSpec spec{"t", DType::kFloat32, {2}, {}};
  const std::vector<float> a{1, -std::numeric_limits<float>::quiet_NaN()},
      b{-std::numeric_limits<float>::quiet_NaN(), 1};
  DifferenceStats s;
  s.add({&spec, std::as_bytes(std::span(a))}, {&spec, std::as_bytes(std::span(b))}, 0);
  EXPECT_EQ(fmt::format("{} {} {}", s.bias(), s.deviation(), s.cosine().value_or(0)), "nan nan nan");
}

TEST(Diff, TheReportersProblem) {
  const DiffResult r = digits("tflite-2.9.1-arm64", "vip-v8");
  ASSERT_EQ(r.layers.size(), 20U);
  EXPECT_EQ(r.samples, 40U);
  EXPECT_EQ(r.first()->node, 0U);
  EXPECT_EQ(r.worst()->node, 19U);
  for (const LayerDiff& layer : r.layers) {
    // In isolation a layer is off by at most one, in about a thousandth of its elements; accumulated, a third and more
    // differ.
    EXPECT_LE(layer.isolated.largest(), 1);
    EXPECT_LT(layer.isolated.mismatch_rate(), 0.005);
  }
  EXPECT_GT(r.layers.back().accumulated.mismatch_rate(), 0.3);
  // On layer 0 both sides have the same inputs: isolated and accumulated are one.
  EXPECT_EQ(r.layers[0].isolated.mismatches(), r.layers[0].accumulated.mismatches());
}

TEST(Diff, AProfileEqualsItself) { EXPECT_FALSE(digits("vip-v8", "vip-v8").differs()); }

}  // namespace
}  // namespace nputwin::diff_test
