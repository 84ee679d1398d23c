// What is proven of layers, against every sum that their inputs can make.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>
#include <set>

#include "analysis/element.h"
#include "analysis/prove/op_proof.h"
#include "analysis/prove/reachable.h"
#include "mac/definition.h"
#include "profile/rules.h"
#include "support/mac_layers.h"
#include "support/random_layer.h"

namespace nputwin::prove_sums_test {
namespace {

using test::RandomLayer;
using test::some_rules;

/// Every sum that codes of the range can make, one product after the other.
std::set<std::int64_t> all_sums(const Definition::Sum& sum, CodeRange codes) {
  std::set<std::int64_t> sums{sum.start};
  for (const auto& term : sum.terms) {
    std::set<std::int64_t> longer;
    for (const std::int64_t s : sums) {
      for (std::int64_t q = codes.lo; q <= codes.hi; ++q) longer.insert(s + term.weight * q);
    }
    sums = std::move(longer);
  }
  return sums;
}

std::int64_t sum_of(const Definition::Sum& sum, const std::vector<std::int32_t>& codes) {
  std::int64_t result = sum.start;
  for (std::size_t i = 0; i < codes.size(); ++i) result += sum.terms[i].weight * codes[i];
  return result;
}

TEST(ReachableSums, AreThoseThatCodesMake) {
  std::mt19937 random(1);
  std::size_t complete = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    Definition::Sum sum{static_cast<std::int64_t>(random() % 2000) - 1000, 0, {}, {}, 0, 0};
    const std::int64_t spread = 1 + static_cast<std::int64_t>(random() % 127), times = 1 + random() % 3;
    for (std::size_t i = 0; i < random() % 6; ++i) {
      const std::int64_t weight = times * (static_cast<std::int64_t>(random() % (2 * spread + 1)) - spread);
      sum.terms.push_back({static_cast<std::int64_t>(i), weight});
    }
    const std::int32_t lo = static_cast<std::int32_t>(random() % 200) - 128;
    const CodeRange codes{lo, lo + static_cast<std::int32_t>(random() % 12)};
    const std::set<std::int64_t> all = all_sums(sum, codes);
    const ReachableSums reachable = ReachableSums::of(sum, codes, {});
    ASSERT_EQ(reachable.lowest(), *all.begin());
    ASSERT_EQ(reachable.highest(), *all.rbegin());
    complete += reachable.complete() ? 1 : 0;
    const auto made = reachable.made();
    ASSERT_TRUE(made);
    for (std::int64_t s = reachable.lowest() - 2; s <= reachable.highest() + 2; ++s) {
      const std::int64_t above = s - reachable.lowest();
      const bool on_lattice = above >= 0 && above % reachable.step() == 0 && s <= reachable.highest();
      ASSERT_EQ(on_lattice && made->has(above / reachable.step()), all.contains(s)) << s;
      if (reachable.complete()) {
        ASSERT_EQ(on_lattice, all.contains(s)) << s;
      }
      const auto found = reachable.codes_for(s);
      if (all.contains(s)) {
        ASSERT_TRUE(found) << s;
        ASSERT_EQ(sum_of(sum, found->codes), s);
        for (const std::int32_t code : found->codes) ASSERT_TRUE(code >= codes.lo && code <= codes.hi);
      } else {
        ASSERT_FALSE(found) << s;
      }
    }
  }
  EXPECT_GT(complete, 200U);  // both kinds are seen
  EXPECT_LT(complete, 900U);
}

/// The sums that one channel's elements of one pair of rules can have, and which of them differ.
struct Counted {
  std::set<std::int64_t> differing;
  double largest = 0;
};

/// Each sum of each element, by the two kernels' rules.
std::map<std::pair<std::int64_t, std::int64_t>, Counted> count_each(const RandomLayer& random, const MacKernel& a,
                                                                    const MacKernel& b, CodeRange codes) {
  const auto in_a = mac_definition(a.layer(), a.epilogue()), in_b = mac_definition(b.layer(), b.epilogue());
  std::map<std::pair<std::int64_t, std::int64_t>, Counted> counted;
  for (std::int64_t e = 0; e < random.output.elements(); ++e) {
    Counted& count = counted[{in_a->function_number(e), in_b->function_number(e)}];
    const Definition::Sum sum = in_a->sum(e);
    std::int64_t lowest = sum.start, highest = sum.start;
    for (const auto& term : sum.terms) {
      lowest += std::min(term.weight * codes.lo, term.weight * codes.hi);
      highest += std::max(term.weight * codes.lo, term.weight * codes.hi);
    }
    std::vector<char> made(static_cast<std::size_t>(highest - lowest + 1));
    std::int64_t base = sum.start;
    for (const auto& term : sum.terms) base += term.weight * codes.lo;
    made[static_cast<std::size_t>(base - lowest)] = 1;
    for (const auto& term : sum.terms) {
      std::vector<char> longer = made;
      for (std::int64_t k = 1; k <= codes.hi - codes.lo; ++k) {
        const std::int64_t by = k * term.weight, n = static_cast<std::int64_t>(made.size());
        for (std::int64_t i = std::max<std::int64_t>(0, -by); i < std::min(n, n - by); ++i)
          longer[static_cast<std::size_t>(i + by)] |= made[static_cast<std::size_t>(i)];
      }
      made = std::move(longer);
    }
    for (std::int64_t s = lowest; s <= highest; ++s) {
      if (made[static_cast<std::size_t>(s - lowest)] == 0) continue;
      const std::int32_t x = a.epilogue().element(e).code(s), y = b.epilogue().element(e).code(s);
      if (x == y) continue;
      count.differing.insert(s);
      count.largest = std::max(count.largest, static_cast<double>(std::abs(x - y)));
    }
  }
  return counted;
}

TEST(ProveOp, CountsTheSumsOfALayerThatDiffer) {
  std::mt19937 random(7);
  std::size_t equal = 0, differ = 0;
#ifdef NPUTWIN_SANITIZED
  constexpr int kCases = 100;
#else
  constexpr int kCases = 1000;
#endif
  for (int trial = 0; trial < kCases; ++trial) {
    const RandomLayer layer(random);
    const auto rule = [&]() -> const RequantizeRule& { return some_rules()[random() % some_rules().size()]; };
    const RequantizeRule &first = rule(), &other = rule();
    const auto a = layer.kernel(first, random() % 2 == 0 ? first : rule());
    const auto b = layer.kernel(other, random() % 2 == 0 ? other : rule());
    const CodeRange type = code_range(layer.input.type);
    const std::int32_t lo = type.lo + static_cast<std::int32_t>(random() % 250);
    const CodeRange codes{lo, std::min(type.hi, lo + static_cast<std::int32_t>(random() % 20))};

    const test::SpecsOnly specs(layer);
    const RunContext& context = specs.context;
    const Codes of_input{codes, {}, 0};
    const OpProof proof = prove_op(*a, *b, context, context, {&of_input, 1});

    std::int64_t differing = 0;
    double largest = 0;
    for (const auto& [numbers, count] : count_each(layer, *a, *b, codes)) {
      differing += static_cast<std::int64_t>(count.differing.size());
      largest = std::max(largest, count.largest);
    }
    ASSERT_EQ(proof.verdict, differing == 0 ? ProofVerdict::kEqual : ProofVerdict::kDiffers) << trial << proof.why;
    ASSERT_EQ(proof.by, ProofBy::kSums);
    ASSERT_FALSE(proof.at_most);
    ASSERT_EQ(proof.differing, differing) << trial;
    ASSERT_EQ(proof.largest, largest) << trial;
    ++(differing == 0 ? equal : differ);
  }
  EXPECT_GT(equal, kCases / 10U);
  EXPECT_GT(differ, kCases / 10U);
}

/// A definition says what the kernel computes.
TEST(MacDefinition, IsWhatRuns) {
  for (const test::Sample sample : test::kSamples) {
    for (const DType type : {DType::kInt8, DType::kUInt8, DType::kInt16}) {
      const test::SampleLayer made = test::sample_layer(sample, type, 3);
      const auto kernel =
          make_mac_kernel(made.layer, test::sample_epilogue(made, rules::kDouble, rules::kVipV7), {scalar_isa(), 1});
      const Epilogue* const own = &kernel->epilogue();
      const auto outputs = test::run_epilogues(made, *kernel, {&own, 1}, 1);
      const auto definition = mac_definition(kernel->layer(), kernel->epilogue());
      const auto element = [](const TensorSpec& spec, const std::vector<std::byte>& bytes, std::int64_t i) {
        return static_cast<std::int64_t>(
            element_of({&spec, std::span(bytes).first(spec.bytes())}, static_cast<std::size_t>(i)));
      };
      std::map<std::pair<std::int64_t, std::int64_t>, Definition::Sum> sums;
      for (std::int64_t e = 0; e < made.output.elements(); ++e) {
        const Definition::Sum sum = definition->sum(e);
        std::int64_t total = sum.start;
        for (const auto& term : sum.terms) {
          const std::int64_t x = element(made.input, made.values, term.element);
          total += sum.other_input
                       ? (x - sum.zero) * (element(made.second, made.second_values, term.weight) - sum.other_zero)
                       : x * term.weight;
        }
        ASSERT_EQ(definition->function(e)(total, 0), element(made.output, outputs[0], e)) << made.description << e;
        if (sum.other_input) continue;
        // Elements of one number have one start and the same weights.
        const auto [known, is_new] = sums.try_emplace({definition->function_number(e), definition->sum_number(e)}, sum);
        ASSERT_EQ(known->second.start, sum.start) << made.description << e;
        ASSERT_TRUE(std::ranges::equal(known->second.terms, sum.terms, {}, &Definition::Sum::Term::weight,
                                       &Definition::Sum::Term::weight));
      }
    }
  }
}

}  // namespace
}  // namespace nputwin::prove_sums_test
