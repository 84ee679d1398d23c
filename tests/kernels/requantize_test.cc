#include "kernels/requantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "profile/rules.h"

namespace nputwin::requantize_test {
namespace {

const struct NamedRule {
  const char* name;
  RequantizeRule rule;
} kRules[] = {{"double", rules::kDouble}, {"double_half_up", rules::kDoubleHalfUp},
              {"single", rules::kSingle}, {"f32", rules::kF32},
              {"rndnu", rules::kRndnu},   {"real64", rules::kReal64},
              {"vip_v8", rules::kVipV8}};

/// Ties, ends and random values, in tiles with odd widths.
void compare(const NamedRule& r, const Isa& isa, DType type, std::uint32_t seed) {
  std::mt19937 engine(seed);
  const auto between = [&](int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(engine); };
  const int channels = between(1, 70), rows = between(1, 5);
  const std::int64_t largest = std::int64_t{1} << between(8, 45);
  std::vector<Rescale> scales;
  for (int c = 0; c < channels; ++c) {
    const bool power = between(0, 3) == 0;  // exact ties
    const float m = power ? std::ldexp(1.0F, between(-20, 2))
                          : std::ldexp(std::uniform_real_distribution<float>(0.5F, 1.0F)(engine), between(-18, 2));
    scales.push_back(make_rescale(r.rule, m, 1.0F, 1.0F));
  }
  const CodeRange range = code_range(type);
  const int zero = between(range.lo, range.hi);
  const CodeRange clamp{between(0, 1) == 0 ? range.lo : zero, range.hi};
  const Requantizer fast(r.rule, scales, zero, clamp, type, largest, isa);
  const Requantizer plain(r.rule, scales, zero, clamp, type, largest, available_isas().back());
  std::vector<std::int32_t> acc(static_cast<std::size_t>(rows * channels + Requantizer::kPadding));
  for (auto& a : acc) {
    const auto limit = static_cast<std::int32_t>(std::min<std::int64_t>(largest, INT32_MAX));
    a = between(0, 3) == 0 ? (between(0, 1) == 0 ? limit : -limit) : between(-limit, limit) >> between(0, 16);
  }
  std::vector<std::uint8_t> a(static_cast<std::size_t>(rows * channels)), b(a.size());
  fast.run(acc.data(), channels, rows, 0, channels, a.data(), channels);
  plain.run(acc.data(), channels, rows, 0, channels, b.data(), channels);
  ASSERT_EQ(a, b) << r.name << " " << isa.name << " " << name(type) << " seed " << seed;
  const int begin = between(0, channels - 1);  // a part of the channels, as tiles ask for it
  std::vector<std::uint8_t> part(static_cast<std::size_t>(channels - begin), 0xEE);
  fast.run(acc.data() + begin, channels, 1, begin, channels - begin, part.data(), 0);
  ASSERT_TRUE(std::equal(part.begin(), part.end(), b.begin() + begin))
      << r.name << " " << isa.name << " seed " << seed << " from channel " << begin;
}

TEST(Requantizer, EveryInstructionSetEqualsTheDefinition) {
  std::string covered;
  for (const Isa& isa : available_isas()) {
    for (const NamedRule& r : kRules) {
      for (std::uint32_t seed = 0; seed < 400; ++seed)
        compare(r, isa, seed % 2 == 0 ? DType::kInt8 : DType::kUInt8, seed);
    }
    covered += " " + isa.name;
  }
  std::printf("covered:%s\n", covered.c_str());
}

TEST(Requantizer, WritesNoElementBesideItsOwn) {
  for (const Isa& isa : available_isas()) {
    const std::vector<Rescale> scales(3, make_rescale(rules::kF32, 0.5F, 1.0F, 1.0F));
    const Requantizer requantizer(rules::kF32, scales, 0, {-128, 127}, DType::kInt8, 1000, isa);
    std::vector<std::int32_t> acc(3 + Requantizer::kPadding, 10);
    std::vector<std::int8_t> out(64, 99);
    requantizer.run(acc.data(), 0, 1, 0, 3, out.data() + 8, 0);
    for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(out[i], i >= 8 && i < 11 ? 5 : 99) << isa.name << " " << i;
  }
}

}  // namespace
}  // namespace nputwin::requantize_test
