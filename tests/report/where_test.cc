#include "report/where.h"

#include <gtest/gtest.h>

namespace nputwin::where_test {
namespace {

constexpr std::int64_t kHeight = 16, kWidth = 8, kChannels = 12;

/// Differs where `at` says.
std::optional<report::Where> where(bool (*at)(std::int64_t y, std::int64_t x, std::int64_t c)) {
  const TensorSpec spec{"t", DType::kInt8, {1, kHeight, kWidth, kChannels}, {{1}, {0}, 0}};
  std::vector<std::byte> a, b;
  for (std::int64_t y = 0; y < kHeight; ++y) {
    for (std::int64_t x = 0; x < kWidth; ++x) {
      for (std::int64_t c = 0; c < kChannels; ++c) {
        a.push_back(std::byte{0});
        b.push_back(std::byte{static_cast<std::uint8_t>(at(y, x, c) ? 1 : 0)});
      }
    }
  }
  DifferenceStats stats;
  stats.add({&spec, a}, {&spec, b}, 0);
  return report::where_of(stats, spec.shape);
}

using Index = std::int64_t;

TEST(Where, NamesThePart) {
  EXPECT_EQ(where([](Index y, Index, Index) { return y == 15; })->text, "in the last row");
  EXPECT_EQ(where([](Index, Index x, Index c) { return x == 0 && c == 3; })->text,
            "in the first column, in channel 3 of 12");
  EXPECT_EQ(where([](Index, Index, Index c) { return c >= 8; })->text, "in the last 4 channels of 12");
  EXPECT_EQ(where([](Index, Index, Index c) { return c == 1 || c == 9; })->text, "in channels 1, 9 of 12");
  EXPECT_EQ(where([](Index y, Index, Index) { return y >= 4 && y <= 6; })->text, "in rows 4 to 6 of 16");
  EXPECT_EQ(where([](Index y, Index x, Index) { return y % 15 == 0 || x % 7 == 0; })->text,
            "on the border, where windows meet the padding: 528 of 528");
}

TEST(Where, SaysNothingOfChance) {
  EXPECT_FALSE(where([](Index, Index, Index) { return false; }));
  EXPECT_EQ(where([](Index y, Index x, Index c) { return (y + x + c) % 3 == 0; })->text, "");
  const auto one = where([](Index y, Index x, Index c) { return y == 5 && x == 2 && c == 11; });
  EXPECT_EQ(one->text, "") << "one element lies somewhere";
  EXPECT_EQ(one->rows->first, 5);
  EXPECT_EQ(one->columns->last, 2);
  EXPECT_EQ(one->channels->first, 11);
}

}  // namespace
}  // namespace nputwin::where_test
