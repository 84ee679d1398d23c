// Results of parts of the samples, merged in any order, equal the result of all of them.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "analysis/agree/characterise.h"
#include "analysis/agree/ranking.h"
#include "analysis/agree/selfcheck.h"
#include "analysis/compare/diff.h"
#include "io/tflite/reader.h"
#include "report/characterise_report.h"
#include "report/diff_report.h"
#include "report/selfcheck_report.h"
#include "support/paths.h"

namespace nputwin::merge_test {
namespace {

/// `samples` tensors of one type on either side, with awkward values.
template <typename T>
struct Series {
  TensorSpec spec;
  std::vector<std::vector<T>> a, b;

  Series(TensorSpec of, std::size_t samples, std::uint64_t seed) : spec(std::move(of)) {
    std::mt19937_64 random(seed);
    const auto value = [&] {
      if constexpr (std::is_same_v<T, float>) {
        return std::ldexp(static_cast<float>(random() % 1000) - 500.0F, static_cast<int>(random() % 60) - 30);
      } else {
        return static_cast<T>(random());
      }
    };
    for (std::size_t n = 0; n < samples; ++n) {
      a.emplace_back(static_cast<std::size_t>(spec.elements()));
      std::generate(a.back().begin(), a.back().end(), value);
      b.push_back(a.back());
      for (T& x : b.back()) x = random() % 3 == 0 ? static_cast<T>(value()) : x;
    }
  }

  [[nodiscard]] DifferenceStats of(const std::vector<std::size_t>& samples) const {
    DifferenceStats stats;
    for (const std::size_t n : samples)
      stats.add({&spec, std::as_bytes(std::span(a[n]))}, {&spec, std::as_bytes(std::span(b[n]))}, n);
    return stats;
  }
};

/// As JSON, with all digits of all figures.
std::string text_of(const DifferenceStats& stats, DType type) {
  DiffResult result;
  LayerDiff& layer = result.layers.emplace_back();
  layer.type = type;
  layer.isolated = layer.accumulated = stats;
  return report::diff_json(result, {});
}

template <typename T>
void expect_merges(const TensorSpec& spec) {
  const Series<T> series(spec, 5, 7);
  const std::string whole = text_of(series.of({0, 1, 2, 3, 4}), spec.type);
  using Partition = std::vector<std::vector<std::size_t>>;
  const std::vector<Partition> partitions{{{0}, {1}, {2}, {3}, {4}},
                                          {{4}, {2}, {0}, {3}, {1}},
                                          {{3, 4}, {0, 1, 2}},
                                          {{1, 3}, {4, 0, 2}},
                                          {{4, 3, 2, 1, 0}}};
  for (std::size_t p = 0; p < partitions.size(); ++p) {
    DifferenceStats merged;
    for (const auto& part : partitions[p]) merged.merge(series.of(part));
    EXPECT_EQ(text_of(merged, spec.type), whole) << "partition " << p;
  }
}

TEST(Merge, StatisticsOfEveryType) {
  const Quantization codes{{0.1F}, {3}, 0};
  expect_merges<std::int8_t>({"t", DType::kInt8, {1, 3, 4, 2}, codes});
  expect_merges<std::uint8_t>({"t", DType::kUInt8, {1, 3, 4, 2}, codes});
  expect_merges<std::int16_t>({"t", DType::kInt16, {2, 7}, {{0.003F}, {0}, 0}});
  expect_merges<std::int32_t>({"t", DType::kInt32, {6}, {}});
  expect_merges<std::int64_t>({"t", DType::kInt64, {6}, {}});
  expect_merges<float>({"t", DType::kFloat32, {1, 2, 2, 3}, {}});
}

TEST(Merge, ASumThatRoundingWouldLose) {
  const TensorSpec spec{"t", DType::kFloat32, {1}, {}};
  const auto of = [&](const std::vector<float>& differences) {
    DifferenceStats stats;
    for (std::size_t n = 0; n < differences.size(); ++n) {
      const float a = 0, b = differences[n];
      stats.add({&spec, std::as_bytes(std::span(&a, 1))}, {&spec, std::as_bytes(std::span(&b, 1))}, n);
    }
    return stats;
  };
  EXPECT_EQ(of({0x1p60F, 1, -0x1p60F}).bias(), 1.0 / 3);
  EXPECT_EQ(of({1, 0x1p60F, -0x1p60F}).bias(), 1.0 / 3);
}

TEST(Merge, NansAndInfinities) {
  const TensorSpec spec{"t", DType::kFloat32, {2}, {}};
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  const std::vector<std::vector<float>> a{{1, nan}, {infinity, 2}, {3, 4}}, b{{1, nan}, {-infinity, 2}, {3, nan}};
  const auto of = [&](const std::vector<std::size_t>& samples) {
    DifferenceStats stats;
    for (const std::size_t n : samples)
      stats.add({&spec, std::as_bytes(std::span(a[n]))}, {&spec, std::as_bytes(std::span(b[n]))}, n);
    return stats;
  };
  DifferenceStats merged = of({2});
  merged.merge(of({0, 1}));
  EXPECT_EQ(text_of(merged, DType::kFloat32), text_of(of({0, 1, 2}), DType::kFloat32));
  EXPECT_EQ(merged.nans(), 2);
  EXPECT_EQ(merged.mismatches(), 2);
}

TEST(Merge, TheFirstMismatchIsTheFirstOfAllSamples) {
  const TensorSpec spec{"t", DType::kInt8, {2}, {{1}, {0}, 0}};
  const std::vector<std::int8_t> zeros{0, 0}, second{0, 1};
  DifferenceStats late, early;
  late.add({&spec, std::as_bytes(std::span(zeros))}, {&spec, std::as_bytes(std::span(second))}, 5);
  early.add({&spec, std::as_bytes(std::span(zeros))}, {&spec, std::as_bytes(std::span(zeros))}, 0);
  early.add({&spec, std::as_bytes(std::span(zeros))}, {&spec, std::as_bytes(std::span(second))}, 2);
  late.merge(early);
  EXPECT_EQ(late.first_mismatch(), 5);  // sample 2, element 1
}

constexpr std::size_t kSamples = 6;

/// The digits model on two profiles, on some samples of its input.
struct Comparison {
  std::shared_ptr<const Model> model = read_tflite(source_path("models/digits_embed20_i8.tflite")).value();
  Sides sides = open_sides(model, "tflite-2.9.1-arm64", "vip-v8", {}).value();
  SideInputs inputs =
      SideInputs::open(sides, std::vector<InputArgument>{source_path("models/digits_int8.npy")}, {}).value();

  DiffResult diff(SampleRange samples) {
    Diff diff(sides);
    EXPECT_TRUE(add_samples(diff, sides, inputs, samples, {}));
    return diff.result();
  }
  Characteriser characteriser(SampleRange samples) {
    Characteriser made = Characteriser::of(*sides.a->session(), *sides.b->session()).value();
    for (std::size_t n = samples.first; n < samples.last; ++n) EXPECT_TRUE(made.add(inputs.sample(n).value()));
    return made;
  }
};

TEST(Merge, Diffs) {
  Comparison comparison;
  const std::string whole = report::diff_json(comparison.diff({0, kSamples}), {});
  for (const std::size_t cut : {1U, 3U, 5U}) {
    const DiffResult first = comparison.diff({0, cut}), second = comparison.diff({cut, kSamples});
    for (const bool turned : {false, true}) {
      DiffResult merged = turned ? second : first;
      ASSERT_TRUE(merged.merge(turned ? first : second));
      EXPECT_EQ(report::diff_json(merged, {}), whole) << "cut at " << cut << (turned ? ", the second first" : "");
    }
  }
  DiffResult one_by_one;
  for (const std::size_t n : {4U, 0U, 5U, 2U, 1U, 3U}) ASSERT_TRUE(one_by_one.merge(comparison.diff({n, n + 1})));
  one_by_one.model = comparison.model->path;
  EXPECT_EQ(report::diff_json(one_by_one, {}), whole);
}

TEST(Merge, DiffsOfOtherComparisonsDoNot) {
  Comparison comparison;
  const DiffResult one = comparison.diff({0, 1});
  DiffResult other = one;
  other.b = "vip-v7";
  DiffResult merged = one;
  const Status refused = merged.merge(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "B is 'vip-v8' in one part and 'vip-v7' in another");
  EXPECT_EQ(report::diff_json(merged, {}), report::diff_json(one, {}));
  other = one;
  other.layers.pop_back();
  EXPECT_FALSE(merged.merge(other));
  other = one;
  other.layers[3].shape.push_back(2);
  EXPECT_FALSE(merged.merge(other));
  other = one;
  other.layers[3].expected = 7;
  ASSERT_TRUE(merged.merge(other));
  EXPECT_EQ(merged.layers[3].expected, std::nullopt);
}

TEST(Merge, CharactersOfLayers) {
  Comparison comparison;
  const auto text = [](const Characteriser& c) { return report::character_json(c.result(), "a", "b", kSamples); };
  const std::string whole = text(comparison.characteriser({0, kSamples}));
  const Characteriser first = comparison.characteriser({0, 2}), second = comparison.characteriser({2, kSamples});
  for (const bool turned : {false, true}) {
    Characteriser merged = comparison.characteriser({0, 0});
    merged.merge((turned ? second : first).counts());
    merged.merge((turned ? first : second).counts());
    EXPECT_EQ(text(merged), whole);
  }
}

TEST(Merge, SwappedOutputs) {
  const auto sums = [](double straight, double crosswise) {
    OutputPair pair{0, 1, "x", "y", {}, {}};
    pair.straight.add(straight);
    pair.crosswise.add(crosswise);
    return pair;
  };
  OutputPair merged = sums(10, 1);
  EXPECT_TRUE(merged.swapped());
  merged.merge(sums(2, 6));
  EXPECT_FALSE(merged.swapped());  // 12 and 7
  merged.merge(sums(2, 0));
  EXPECT_TRUE(merged.swapped());  // 14 and 7
}

TEST(Merge, Selfchecks) {
  const auto check = [](std::int64_t vip, std::int64_t micro) {
    Selfcheck made;
    made.ranking = Ranking{{{"vip-v8", 10, vip}, {"tflite-micro", 10, micro}}};
    return made;
  };
  Selfcheck merged = check(0, 0);
  ASSERT_TRUE(merged.merge(check(0, 3)));
  EXPECT_EQ(merged.ranking->equal(), std::vector<std::string>{"vip-v8"});
  EXPECT_EQ(merged.ranking->profiles[1].elements, 20);
  Selfcheck unranked;
  unranked.measured = false;
  ASSERT_TRUE(merged.merge(unranked));
  EXPECT_EQ(merged.ranking, std::nullopt);
  EXPECT_FALSE(merged.measured);
}

}  // namespace
}  // namespace nputwin::merge_test
