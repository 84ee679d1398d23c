// How far two sides can be apart behind an op, against every input of small ones.

#include "analysis/prove/divergence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "support/random_layer.h"

namespace nputwin::divergence_test {
namespace {

using test::RandomLayer;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Spread random_spread(std::mt19937& random) {
  const auto lo = static_cast<double>(random() % 3) - 2, width = static_cast<double>(random() % 4);
  return {lo, lo + width};
}

/// One op of two sides whose proof comes first, as divergence_of takes it.
std::optional<Divergence> found_of(const Kernel& a, const Kernel& b, const RunContext& context,
                                   std::span<const Codes> codes, std::span<const Divergence> inputs) {
  const OpProof proof = prove_op(a, b, context, context, codes);
  return divergence_of({a, b, context, context, codes, proof}, inputs);
}

// Layers: every sum that A can have and every one of B that is as near as the weights let it be.

/// From where to where B's sum less A's can be, term by term.
std::pair<std::int64_t, std::int64_t> apart(const Definition::Sum& sum, const Divergence& input) {
  std::int64_t lo = 0, hi = 0;
  for (const auto& term : sum.terms) {
    const Spread& spread = input.at(term.element);
    const auto [least, most] = std::minmax(
        {term.weight * static_cast<std::int64_t>(spread.lo), term.weight * static_cast<std::int64_t>(spread.hi)});
    lo += least, hi += most;
  }
  return {lo, hi};
}

/// For each place along the last axis. Of equal sums `proof` knows which can be made.
std::vector<Spread> apart_after(const RandomLayer& layer, const MacKernel& a, const MacKernel& b, CodeRange codes,
                                const Divergence& input, const OpProof& proof) {
  const auto of_a = a.definition({});
  const std::int64_t channels = layer.output.shape.back();
  // A function's sums are those of all its elements.
  std::map<std::pair<std::int64_t, std::int64_t>, std::pair<std::int64_t, std::int64_t>> ends;
  const auto of_b = b.definition({});
  const auto numbers = [&](std::int64_t e) { return std::pair(of_a->function_number(e), of_b->function_number(e)); };
  for (std::int64_t e = 0; e < layer.output.elements(); ++e) {
    const Definition::Sum sum = of_a->sum(e);
    std::int64_t lowest = sum.start, highest = sum.start;
    for (const auto& term : sum.terms) {
      lowest += std::min(term.weight * codes.lo, term.weight * codes.hi);
      highest += std::max(term.weight * codes.lo, term.weight * codes.hi);
    }
    const auto [at, is_new] = ends.try_emplace(numbers(e), lowest, highest);
    at->second = {std::min(at->second.first, lowest), std::max(at->second.second, highest)};
  }
  std::set<std::pair<std::int64_t, std::int64_t>> equal;
  for (const ProvenSums& sums : proof.channels) {
    if (sums.differing == 0) equal.insert(numbers(sums.element));
  }
  std::vector<Spread> places(static_cast<std::size_t>(channels), {kInfinity, -kInfinity});
  for (std::int64_t e = 0; e < layer.output.elements(); ++e) {
    const auto [lowest, highest] = ends.at(numbers(e));
    const auto [lo, hi] = apart(of_a->sum(e), input);
    Spread& place = places[static_cast<std::size_t>(e % channels)];
    if (lo == 0 && hi == 0 && equal.contains(numbers(e))) {
      place.include({0, 0});
      continue;
    }
    for (std::int64_t s = lowest; s <= highest; ++s) {
      const auto x = static_cast<double>(a.epilogue().element(e).code(s));
      // Codes rise with the sum, so the ends are enough.
      for (const std::int64_t t : {std::max(s + lo, lowest), std::min(s + hi, highest)}) {
        if (t < lowest || t > highest || t < s + lo || t > s + hi) continue;
        const double difference = static_cast<double>(b.epilogue().element(e).code(t)) - x;
        place.include({difference, difference});
      }
    }
  }
  return places;
}

TEST(Divergence, OfLayersIsWhatTheirSumsAllow) {
  std::mt19937 random(11);
  std::size_t compared = 0;
#ifdef NPUTWIN_SANITIZED
  constexpr int kCases = 30;
#else
  constexpr int kCases = 300;
#endif
  for (int trial = 0; trial < kCases; ++trial) {
    const RandomLayer layer(random);
    const auto rule = [&]() -> const RequantizeRule& {
      return test::some_rules()[random() % test::some_rules().size()];
    };
    const RequantizeRule &first = rule(), &other = rule();
    const auto a = layer.kernel(first, random() % 2 == 0 ? first : rule());
    const auto b = layer.kernel(other, random() % 2 == 0 ? other : rule());
    const CodeRange type = code_range(layer.input.type);
    const std::int32_t lo = type.lo + static_cast<std::int32_t>(random() % 250);
    const Codes codes{{lo, std::min(type.hi, lo + static_cast<std::int32_t>(random() % 8))}, {}, 0};
    std::vector<Spread> places;
    for (int c = 0; c < layer.input.shape.back(); ++c) places.push_back(random_spread(random));
    const Divergence input = random() % 2 == 0 ? Divergence(places) : Divergence(places[0]);
    const test::SpecsOnly specs(layer);
    const OpProof proof = prove_op(*a, *b, specs.context, specs.context, {&codes, 1});
    const auto found = divergence_of({*a, *b, specs.context, specs.context, {&codes, 1}, proof}, {&input, 1});
    ASSERT_TRUE(found);
    const std::vector<Spread> expected = apart_after(layer, *a, *b, codes.range, input, proof);
    ASSERT_EQ(found->places(), static_cast<std::int64_t>(expected.size()));
    for (std::size_t c = 0; c < expected.size(); ++c) {
      if (expected[c].lo > expected[c].hi) continue;  // no two such sums are in range
      ASSERT_EQ(found->at(static_cast<std::int64_t>(c)), expected[c]) << "trial " << trial << " channel " << c;
      ++compared;
    }
  }
  EXPECT_GT(compared, static_cast<std::size_t>(kCases));
}

// Values by a function of one or two codes.

class Table final : public Definition {
 public:
  Table(Of of, std::vector<double> values, CodeRange codes) : of_(of), values_(std::move(values)), codes_(codes) {}
  [[nodiscard]] Of of() const override { return of_; }
  [[nodiscard]] std::int64_t function_number(std::int64_t /*element*/) const override { return 0; }
  [[nodiscard]] Function function(std::int64_t /*element*/) const override {
    return [this](std::int64_t x, std::int64_t y) {
      const std::int64_t row = of_ == Of::kPair ? (x - codes_.lo) * (codes_.hi - codes_.lo + 1) + y : x;
      return values_[static_cast<std::size_t>(row - codes_.lo)];
    };
  }
  [[nodiscard]] std::vector<Place> places(std::int64_t element) const override {
    if (of_ == Of::kPair) return {{0, element}, {1, element}};
    return {{0, element}};
  }

 private:
  Of of_;
  std::vector<double> values_;
  CodeRange codes_;
};

class TableKernel final : public Kernel {
 public:
  TableKernel(Definition::Of of, std::vector<double> values, CodeRange codes)
      : of_(of), values_(std::move(values)), codes_(codes) {}
  void run(const RunContext& /*context*/) const override {}
  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& /*context*/) const override {
    return std::make_unique<Table>(of_, values_, codes_);
  }

 private:
  Definition::Of of_;
  std::vector<double> values_;
  CodeRange codes_;
};

TEST(Divergence, OfCodesAndPairsIsThatOfTheirValues) {
  std::mt19937 random(12);
  for (int trial = 0; trial < 300; ++trial) {
    const bool pairs = trial % 2 == 1;
    const CodeRange codes{-3, -3 + static_cast<std::int32_t>(random() % 8)};
    const std::int64_t n = codes.hi - codes.lo + 1;
    const auto values = [&] {
      std::vector<double> list(static_cast<std::size_t>(pairs ? n * n : n));
      for (double& value : list) value = static_cast<double>(random() % 21) - 10;
      return list;
    };
    const std::vector<double> of_a = values(), of_b = values();
    const auto of = pairs ? Definition::Of::kPair : Definition::Of::kCode;
    const TableKernel a(of, of_a, codes), b(of, of_b, codes);
    const Spread x = random_spread(random), y = random_spread(random);
    Spread expected{kInfinity, -kInfinity};
    const auto within = [&](std::int64_t i, std::int64_t j, const Spread& spread) {
      return static_cast<double>(j - i) >= spread.lo && static_cast<double>(j - i) <= spread.hi;
    };
    const std::int64_t second = pairs ? n : 1;
    for (std::int64_t i = 0; i < n * second; ++i) {
      for (std::int64_t j = 0; j < n * second; ++j) {
        if (!within(i / second, j / second, x) || (pairs && !within(i % n, j % n, y))) continue;
        const double difference = of_b[static_cast<std::size_t>(j)] - of_a[static_cast<std::size_t>(i)];
        expected.include({difference, difference});
      }
    }
    const TensorSpec spec{"t", DType::kInt8, {1, 2}, {{1}, {0}, 0}};
    const std::vector<TensorView> inputs(2, TensorView{&spec, {}});
    const MutableTensorView output{&spec, {}};
    RunContext context;
    context.inputs = std::span(inputs).first(pairs ? 2 : 1);
    context.outputs = {&output, 1};
    const std::vector<Codes> given{{codes, {}, 0}, {codes, {}, 1}};
    const std::vector<Divergence> apart{Divergence(x), Divergence(y)};
    const auto found = found_of(a, b, context, std::span(given).first(context.inputs.size()),
                                std::span(apart).first(context.inputs.size()));
    ASSERT_TRUE(found);
    if (expected.lo <= expected.hi) {
      ASSERT_EQ(found->hull(), expected) << trial;
    }
  }
}

/// Of all ways to give some of the differences to some of the terms.
TEST(Divergence, CountedDifferencesMeetTheLargestWeights) {
  std::mt19937 random(13);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<std::int64_t> weights(1 + random() % 5), differences;
    for (std::int64_t& w : weights) w = static_cast<std::int64_t>(random() % 11) - 5;
    std::map<std::int64_t, std::int64_t> most;
    for (std::size_t i = 0; i < random() % 6; ++i) {
      const auto d = static_cast<std::int64_t>(random() % 7) - 3;
      if (d == 0) continue;
      ++most[d];
      differences.push_back(d);
    }
    std::array<std::vector<std::int64_t>, 2> falling;
    for (const std::int64_t w : weights) falling[w < 0 ? 1 : 0].push_back(std::abs(w));
    for (auto& list : falling) std::ranges::sort(list, std::greater<>());
    const auto found = Divergence(most).weighted(falling);
    ASSERT_TRUE(found);

    Spread expected;
    differences.resize(std::max(differences.size(), weights.size()));  // zeros: a term whose element does not differ
    std::ranges::sort(differences);
    do {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < weights.size(); ++i) {
        // Each difference is taken or not; the best is to take those that help.
        const std::int64_t product = weights[i] * differences[i];
        sum += std::max<std::int64_t>(product, 0);
      }
      expected.hi = std::max(expected.hi, static_cast<double>(sum));
      sum = 0;
      for (std::size_t i = 0; i < weights.size(); ++i) sum += std::min<std::int64_t>(weights[i] * differences[i], 0);
      expected.lo = std::min(expected.lo, static_cast<double>(sum));
    } while (std::ranges::next_permutation(differences).found);
    ASSERT_EQ(*found, expected) << trial;
  }
  EXPECT_FALSE(Divergence(Spread{-1, 1}).weighted({}));
}

}  // namespace
}  // namespace nputwin::divergence_test
