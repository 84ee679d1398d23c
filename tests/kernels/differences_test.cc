// Counts of differences against the definition, on every instruction set.

#include "kernels/differences/differences.h"

#include <gtest/gtest.h>

#include <random>

#include "kernels/kernel.h"
#include "support/random_values.h"

namespace nputwin::differences_test {
namespace {

using test::random_values;

constexpr auto kSpare = static_cast<std::size_t>(kVectorSlack);

/// Some of A's codes, of which a share differs, mostly by little.
std::vector<std::uint8_t> differing(std::mt19937& engine, const std::vector<std::uint8_t>& a, int percent, int most) {
  std::vector<std::uint8_t> b = a;
  for (std::uint8_t& code : b) {
    if (std::uniform_int_distribution<int>(0, 99)(engine) < percent)
      code = static_cast<std::uint8_t>(code + std::uniform_int_distribution<int>(-most, most)(engine));
  }
  return b;
}

void expect_differences(DifferencesKernel kernel, const std::string& what) {
  ASSERT_NE(kernel, nullptr) << what;
  std::mt19937 engine(5);
  for (const int channels : {1, 3, 16, 24, 64, 257, 1001}) {
    for (const int pixels : {1, 2, 7, 300, 4000 / channels + 1}) {
      const auto count = static_cast<std::size_t>(channels * pixels);
      for (const int percent : {0, 1, 30, 100}) {
        const auto a = random_values<std::uint8_t>(engine, count, 0, 255);
        const auto b = differing(engine, a, percent, percent == 100 ? 128 : 3);
        const auto differences = [&](auto run) {
          std::vector<std::int64_t> of_channels(static_cast<std::size_t>(channels), 7);
          std::vector<std::int64_t> of_pixels(static_cast<std::size_t>(pixels), 9);
          CodeDifferences found;
          const std::uint8_t flip = percent % 2 == 1 ? 0x80 : 0;
          run(CodePairs{a.data(), b.data(), static_cast<std::int64_t>(count), flip,
                        static_cast<std::int16_t>(percent * 255 / 100), channels,
                        pixels == 2 ? nullptr : of_channels.data(), pixels == 7 ? nullptr : of_pixels.data()},
              found);
          return std::tuple(found, of_channels, of_pixels);
        };
        const auto [expected, expected_channels, expected_pixels] =
            differences([](const CodePairs& pairs, CodeDifferences& found) { differences_scalar(pairs, 0, found); });
        const auto [got, channels_got, pixels_got] = differences(kernel);
        const std::string where = fmt::format("{}, {} channels, {} pixels, {} %", what, channels, pixels, percent);
        ASSERT_EQ(got, expected) << where;
        ASSERT_EQ(channels_got, expected_channels) << where;
        ASSERT_EQ(pixels_got, expected_pixels) << where;
      }
    }
  }
}

TEST(DifferencesKernels, EveryCountEqualsTheDefinition) {
  for (const Isa& isa : available_isas()) {
    expect_differences(differences_kernel(isa), "by " + isa.name);
    if (isa.scalar()) continue;
#define NPUTWIN_DIFFERENCES(kernel) expect_differences(differences_##kernel(isa), #kernel " " + isa.name);
#include "kernels/differences/kernels.inc"
#undef NPUTWIN_DIFFERENCES
  }
}

TEST(DifferencesKernels, TheLargestSumsFit) {
  const std::vector<std::uint8_t> a(200'000, 255), b(200'000, 0);
  for (const Isa& isa : available_isas()) {
    CodeDifferences found;
    differences_kernel(isa)({a.data(), b.data(), 200'000, 0, 0, 1, nullptr, nullptr}, found);
    EXPECT_EQ(found.aa, 200'000LL * 255 * 255) << isa.name;
    EXPECT_EQ(found.bb, 0) << isa.name;
    EXPECT_EQ(found.saturated, 200'000) << isa.name;
    EXPECT_EQ(found.counts[0], 200'000) << isa.name;
    EXPECT_EQ(found.first, 0) << isa.name;
  }
}

}  // namespace
}  // namespace nputwin::differences_test
