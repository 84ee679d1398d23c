#include "kernels/requantize/requantizer.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "profile/rules.h"

namespace nputwin::requantizer_test {
namespace {

using rules::NamedRule;

/// The vector form of each named rule where sums are small, and why there is none.
const std::map<std::string_view, KernelForm::Refusal> kForms = {
    {"double", {"high_product", ""}},
    {"double-half-up", {"high_product", ""}},
    {"single", {"high_product", ""}},
    {"f32", {"binary32", ""}},
    {"rndnu", {"half_up", ""}},
    {"real64", {"scalar", "none has method binary64 with ties half_away_from_zero"}},
    {"sixteen-bits", {"scalar", "none has method sixteen_bits with ties half_up"}},
    {"vip-v8", {"binary64", ""}},
    {"vip-v7", {"binary64", ""}},
    {"nvdla", {"scalar", "the rule adds the zero point to the accumulator"}},
    {"rocket", {"scalar", "none has method significand with ties half_away_from_zero"}},
    {"hexagon", {"scalar", "the rule adds the zero point to the accumulator"}},
};

Requantizer made(const RequantizeRule& rule, DType output, std::int64_t largest, const Isa& isa) {
  const std::vector<EffectiveMultiplier> scales(5, effective_multiplier(rule, 0.02F, 0.005F, 0.03F));
  return {rule, scales, 0, code_range(output), output, largest, isa};
}

TEST(Requantizer, RunsTheFormOfEachRule) {
  for (const Isa& isa : available_isas()) {
    for (const NamedRule& r : rules::kNamed) {
      ASSERT_TRUE(kForms.contains(r.name)) << r.name << ": say which form it has";
      const auto& [form, reason] = kForms.at(r.name);
      for (const DType type : {DType::kInt8, DType::kUInt8}) {
        const KernelForm got = made(r.rule, type, 1 << 20, isa).form();
        EXPECT_EQ(got.name, isa.scalar() ? "scalar" : form) << r.name << " " << isa.name;
        EXPECT_EQ(got.isa, got.name == "scalar" ? "scalar" : isa.name) << r.name;
        if (got.name != "scalar") continue;
        ASSERT_EQ(got.refused.size(), 1U) << r.name << " " << isa.name;
        EXPECT_EQ(got.refused[0].reason, isa.scalar() ? kScalarAskedFor : reason) << r.name;
      }
      const KernelForm wide = made(r.rule, DType::kInt16, 1 << 20, isa).form();
      EXPECT_EQ(wide.name, "scalar") << r.name;
      EXPECT_EQ(wide.refused.at(0).reason,
                isa.scalar() ? kScalarAskedFor : "vector forms give 8-bit codes, the output is int16");
    }
  }
}

TEST(Requantizer, EveryFormOfTheListIsTheOneOfARule) {
  for (const RequantizeForm& form : requantize_forms()) {
    EXPECT_TRUE(std::any_of(kForms.begin(), kForms.end(), [&](const auto& f) { return f.second.form == form.name; }))
        << form.name;
  }
}

TEST(Requantizer, SaysWhichBoundItsSumsPass) {
  const Isa& isa = available_isas().front();
  if (isa.scalar()) GTEST_SKIP() << "this processor has no vectors";
  const auto refused = [&](const RequantizeRule& rule, std::int64_t largest) {
    return made(rule, DType::kInt8, largest, isa).form().refused.at(0);
  };
  EXPECT_EQ(refused(rules::kDouble, std::int64_t{1} << 31),
            (KernelForm::Refusal{"high_product",
                                 "32 bits do not hold a sum of up to 2147483648 shifted left by 0 and rounded for a "
                                 "shift by 8"}));
  EXPECT_EQ(
      refused(rules::kVipV8, 1 << 28),
      (KernelForm::Refusal{"binary64", "a sum can reach 268435456, at most 28 bits give an exact product in float64"}));
  RequantizeRule rule = rules::kDouble;
  rule.accumulator_bits = 20;
  EXPECT_EQ(refused(rule, 1 << 20).reason, "a sum can reach 1048576 and leave the accumulator's 20 bits");
  rule = rules::kVipV8;
  rule.guard_bits = 3;
  EXPECT_EQ(refused(rule, 1000).reason, "the rule rounds by 3 guard bits");
  rule = rules::kVipV8;
  rule.product_bits = 30;
  EXPECT_EQ(refused(rule, 1000).reason, "the rule keeps 30 bits of the product");
  rule = rules::kVipV8;
  rule.multiplier_bits = 31;
  EXPECT_EQ(refused(rule, 1000).reason, "M has 31 bits, at most 24 give an exact product in float64");
}

/// Ties, ends and random values, in tiles with odd widths. Says which form ran.
std::string compare(const NamedRule& r, const Isa& isa, DType type, std::uint32_t seed) {
  std::mt19937 engine(seed);
  const auto between = [&](int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(engine); };
  const int channels = between(1, 70), rows = between(1, 5);
  const std::int64_t largest = std::int64_t{1} << between(8, 45);
  const int smallest = seed % 4 < 2 ? -12 : -20;  // the significand's forms take no M under 2^-16
  std::vector<EffectiveMultiplier> scales;
  for (int c = 0; c < channels; ++c) {
    const bool power = between(0, 3) == 0;  // exact ties
    const float m =
        power ? std::ldexp(1.0F, between(smallest, 2))
              : std::ldexp(std::uniform_real_distribution<float>(0.5F, 1.0F)(engine), between(smallest + 2, 2));
    scales.push_back(effective_multiplier(r.rule, m, 1.0F, 1.0F));
  }
  const CodeRange range = code_range(type);
  const int zero = between(range.lo, range.hi);
  const CodeRange clamp{between(0, 1) == 0 ? range.lo : zero, range.hi};
  const Requantizer fast(r.rule, scales, zero, clamp, type, largest, isa);
  const Requantizer plain(r.rule, scales, zero, clamp, type, largest, scalar_isa());
  std::vector<std::int32_t> acc(static_cast<std::size_t>(rows * channels + Requantizer::kPadding));
  for (auto& a : acc) {
    const auto limit = static_cast<std::int32_t>(std::min<std::int64_t>(largest, INT32_MAX));
    a = between(0, 3) == 0 ? (between(0, 1) == 0 ? limit : -limit) : between(-limit, limit) >> between(0, 16);
  }
  std::vector<std::uint8_t> a(static_cast<std::size_t>(rows * channels)), b(a.size());
  fast.run(acc.data(), channels, rows, 0, channels, a.data(), channels);
  plain.run(acc.data(), channels, rows, 0, channels, b.data(), channels);
  EXPECT_EQ(a, b) << r.name << " " << isa.name << " " << name(type) << " seed " << seed;
  const int begin = between(0, channels - 1);  // a part of the channels, as tiles ask for it
  std::vector<std::uint8_t> part(static_cast<std::size_t>(channels - begin), 0xEE);
  fast.run(acc.data() + begin, channels, 1, begin, channels - begin, part.data(), 0);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), b.begin() + begin))
      << r.name << " " << isa.name << " seed " << seed << " from channel " << begin;
  return fast.form().name;
}

TEST(Requantizer, EveryInstructionSetEqualsTheDefinition) {
  for (const Isa& isa : available_isas()) {
    for (const NamedRule& r : rules::kNamed) {
      constexpr std::uint32_t kSeeds = 400;
      const std::string form = isa.scalar() ? "scalar" : kForms.at(r.name).form;
      int by_form = 0;
      for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
        by_form += compare(r, isa, seed % 2 == 0 ? DType::kInt8 : DType::kUInt8, seed) == form;
        if (HasFailure()) return;
      }
      // The others' sums are beyond the form's bound: largest is drawn from 2^8 to 2^45.
      EXPECT_GT(by_form, kSeeds / 8) << r.name << " " << isa.name << ": " << form << " hardly ran";
    }
  }
}

TEST(Requantizer, WritesNoElementBesideItsOwn) {
  for (const Isa& isa : available_isas()) {
    const std::vector<EffectiveMultiplier> scales(3, effective_multiplier(rules::kF32, 0.5F, 1.0F, 1.0F));
    const Requantizer requantizer(rules::kF32, scales, 0, {-128, 127}, DType::kInt8, 1000, isa);
    std::vector<std::int32_t> acc(3 + Requantizer::kPadding, 10);
    std::vector<std::int8_t> out(64, 99);
    requantizer.run(acc.data(), 0, 1, 0, 3, out.data() + 8, 0);
    for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i], i >= 8 && i < 11 ? 5 : 99) << isa.name << " " << i;
  }
}

}  // namespace
}  // namespace nputwin::requantizer_test
