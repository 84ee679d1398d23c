// Codes made in registers: each is the rule's, or it is left open; every rule, every instruction set.

#include "kernels/product/guarded.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "kernels/product/requantizer.h"
#include "profile/rules.h"
#include "support/codes_of_sums.h"

namespace nputwin::test::guarded_test {
namespace {

using rules::NamedRule;

GuardedWork work_of(const Requantizer& r) { return {{r.work()}, r.zero_point(), r.clamp(), r.output()}; }

std::string reason(const RequantizeRule& rule, float m, std::int64_t largest, DType output = DType::kInt8) {
  const std::vector<EffectiveMultiplier> scales(3, effective_multiplier(rule, m, 1.0F, 1.0F));
  GuardedCodes codes;
  return guard_codes({{{rule, scales, largest}}, 0, code_range(output), output}, codes);
}

TEST(GuardedCodes, SayWhyTheyAreNotExact) {
  EXPECT_EQ(reason(rules::kDouble, 0.003F, 100000), "");
  EXPECT_EQ(reason(rules::kDouble, 0.003F, 100000, DType::kInt16), "");
  EXPECT_EQ(reason(rules::kDouble, 0.003F, 100000, DType::kInt32),
            "it gives codes of 8 or 16 bits, the output is int32");
  EXPECT_EQ(reason(rules::kDouble, 0.003F, std::int64_t{1} << 31),
            "a sum can reach 2147483648, which 32 bits do not hold");
  EXPECT_EQ(reason(rules::kDouble, 3.0F, 1 << 30), "32 bits do not hold a sum of up to 1073741824 shifted left by 2");
  EXPECT_EQ(reason(rules::kF32, 0.5F, INT32_MAX), "");  // cut off
  EXPECT_EQ(reason(rules::kSixteenBits, 2.0F, 1 << 30, DType::kInt16), "a product can reach 2147483648 and wrap");
  EXPECT_EQ(reason(rules::kSixteenBits, 1.9F, 1 << 30, DType::kInt16), "");
  RequantizeRule rule = rules::kDouble;
  rule.accumulator_bits = 20;
  EXPECT_EQ(reason(rule, 0.003F, 1 << 20), "a sum can reach 1048576 and leave the accumulator's 20 bits");
  rule = rules::kVipV8;
  rule.guard_bits = 3;
  EXPECT_EQ(reason(rule, 0.003F, 1000), "a sixteenth of all sums, or more, lies too near to a tie");
  rule.guard_bits = 12;
  EXPECT_EQ(reason(rule, 0.003F, 1000), "");
  rule = rules::kVipV8;
  rule.product_bits = 12;
  EXPECT_EQ(reason(rule, 0.003F, 1000), "a sixteenth of all sums, or more, lies too near to a tie");
  rule.product_bits = 24;
  EXPECT_EQ(reason(rule, 0.003F, 1000), "");
}

/// Two rules of one layer: a code that is given is the code by both.
TEST(GuardedCodes, StandForSeveralRules) {
  std::mt19937 engine(7);
  for (const NamedRule& a : rules::kNamed) {
    for (const NamedRule& b : rules::kNamed) {
      const float m = std::ldexp(std::uniform_real_distribution<float>(0.5F, 1.0F)(engine), -8);
      const std::vector<EffectiveMultiplier> of_a(40, effective_multiplier(a.rule, m, 1.0F, 1.0F));
      const std::vector<EffectiveMultiplier> of_b(40, effective_multiplier(b.rule, m, 1.0F, 1.0F));
      const Requantizer first(a.rule, of_a, 5, {-128, 127}, DType::kInt8, 100000);
      const Requantizer second(b.rule, of_b, 5, {-128, 127}, DType::kInt8, 100000);
      GuardedWork both = work_of(first);
      both.works.push_back(second.work());
      GuardedCodes codes;
      if (!guard_codes(both, codes).empty()) continue;
      for (const Isa& isa : available_isas()) {
        if (isa.scalar()) continue;
        for (int repeat = 0; repeat < 20; ++repeat) {
          std::vector<std::int32_t> sums(40);
          for (auto& s : sums) s = std::uniform_int_distribution<std::int32_t>(-40000, 40000)(engine);
          const CodesOfSums got = codes_of_sums(product_int16(isa), codes, 0, sums);
          for (std::size_t c = 0; c < sums.size(); ++c) {
            if (got.unknown[c]) continue;
            ASSERT_EQ(got.code(c, DType::kInt8), first.code(sums[c], 0)) << a.name << " with " << b.name;
            ASSERT_EQ(got.code(c, DType::kInt8), second.code(sums[c], 0)) << b.name << " with " << a.name;
          }
        }
      }
    }
  }
}

/// The rule with some of its parameters drawn anew.
RequantizeRule varied(RequantizeRule rule, std::mt19937& engine) {
  const auto one_in = [&](unsigned n) { return engine() % n == 0; };
  if (one_in(2)) rule.rounding = static_cast<Rounding>(engine() % kEnumNames<Rounding>.size());
  if (one_in(8)) rule.multiplier_bits = static_cast<int>(8 + engine() % 24);
  if (one_in(8)) rule.multiplier_plus_one = !rule.multiplier_plus_one;
  if (one_in(8)) rule.common_exponent = !rule.common_exponent;
  if (one_in(8)) rule.product_bits = static_cast<int>(16 + engine() % 20);
  if (one_in(8)) rule.guard_bits = static_cast<int>(8 + engine() % 8);
  if (one_in(4)) rule.zero_point_first = !rule.zero_point_first;
  if (one_in(8)) rule.zero_point_in_accumulator = !rule.zero_point_in_accumulator;
  return rule;
}

struct Counts {
  std::int64_t codes = 0, unknown = 0;
};

/// Ties and what lies next to them (and to whole numbers), ends and random values. Adds to `counts` what ran; false:
/// the rule was refused.
bool compare(const NamedRule& named, const Isa& isa, DType type, std::uint32_t seed, Counts& counts) {
  std::mt19937 engine(seed);
  const NamedRule r{named.name, seed % 2 == 0 ? named.rule : varied(named.rule, engine)};
  const auto between = [&](std::int64_t lo, std::int64_t hi) {
    return static_cast<std::int32_t>(std::uniform_int_distribution<std::int64_t>(lo, hi)(engine));
  };
  const int channels = between(1, 150);
  std::vector<EffectiveMultiplier> scales;
  for (int c = 0; c < channels; ++c) {
    const bool power = between(0, 3) == 0;  // exact ties
    const float m = power ? std::ldexp(1.0F, between(-20, 1))
                          : std::ldexp(std::uniform_real_distribution<float>(0.5F, 1.0F)(engine), between(-20, 1));
    scales.push_back(effective_multiplier(r.rule, m, 1.0F, 1.0F));
  }
  share_exponent(r.rule, scales);
  const std::int64_t largest = std::int64_t{1} << between(9, 30);
  const CodeRange range = code_range(type);
  const int zero = type == DType::kInt16 ? 0 : between(range.lo, range.hi);
  const CodeRange clamp{between(0, 1) == 0 ? range.lo : zero,
                        between(0, 1) == 0 ? range.hi : std::max(zero, range.hi - 9)};
  const Requantizer rule(r.rule, scales, zero, clamp, type, largest);
  GuardedCodes codes;
  if (!guard_codes(work_of(rule), codes).empty()) return false;
  std::vector<std::int32_t> sums;
  for (int c = 0; c < channels; ++c) {
    const double m = multiplier_integers(r.rule, scales[static_cast<std::size_t>(c)]).real;
    // Next to a tie of a code that is not clamped, beyond the clamp, anywhere.
    const double tie =
        (between(range.lo - zero - 1, range.hi - zero + 1) + (between(0, 3) != 0 ? 0.5 : 0)) / m + between(-1, 1);
    const double sum = between(0, 3) != 0 && std::abs(tie) < 2e9 ? tie : between(-largest, largest);
    sums.push_back(
        static_cast<std::int32_t>(std::clamp(sum, -static_cast<double>(largest), static_cast<double>(largest))));
  }
#define NPUTWIN_PRODUCT(kernel)                                                                                    \
  if (const ProductKernels kernels = product_##kernel(isa); kernels.lanes != 0) {                                  \
    const CodesOfSums got = codes_of_sums(kernels, codes, 0, sums);                                                \
    for (int c = 0; c < channels; ++c) {                                                                           \
      const auto at = static_cast<std::size_t>(c);                                                                 \
      ++counts.codes;                                                                                              \
      counts.unknown += got.unknown[at];                                                                           \
      if (got.unknown[at]) continue;                                                                               \
      EXPECT_EQ(got.code(at, type), rule.code(sums[at], c))                                                        \
          << r.name << " " << isa.name << " " << name(type) << " sum " << sums[at] << " channel " << c << " seed " \
          << seed;                                                                                                 \
    }                                                                                                              \
  }
#include "kernels/product/kernels.inc"
#undef NPUTWIN_PRODUCT
  return true;
}

TEST(GuardedCodes, AreTheRulesOnEveryInstructionSet) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
    for (const NamedRule& r : rules::kNamed) {
      constexpr std::uint32_t kSeeds = 300;
      Counts counts;
      std::uint32_t ran = 0;
      for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
        constexpr DType kTypes[] = {DType::kInt8, DType::kUInt8, DType::kInt16};
        ran += compare(r, isa, kTypes[seed % 3], seed, counts) ? 1 : 0;
        if (HasFailure()) return;
      }
      EXPECT_GT(ran, kSeeds / 20) << r.name << " " << isa.name << " hardly ran";
      EXPECT_LT(counts.unknown, counts.codes * 9 / 10) << r.name << " " << isa.name << " leaves nearly all open";
    }
  }
}

/// Random sums of a layer like those of real models: few codes may be left open, or the form is of no use.
TEST(GuardedCodes, LeaveFewOpen) {
  for (const NamedRule& r : rules::kNamed) {
    const std::vector<EffectiveMultiplier> scales(64, effective_multiplier(r.rule, 0.02F, 0.005F, 0.0613F));
    const Requantizer rule(r.rule, scales, -3, {-128, 127}, DType::kInt8, 1 << 20);
    GuardedCodes codes;
    ASSERT_EQ(guard_codes(work_of(rule), codes), "") << r.name;
    const double share = codes.limit[0] / std::ldexp(1.0, codes.fraction_bits);
    EXPECT_LT(share, r.rule.zero_point_in_accumulator ? 0.005 : 0.0002) << r.name;
  }
}

}  // namespace
}  // namespace nputwin::test::guarded_test
