// Every kernel of every list against the plain loop, on every instruction set.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "fixed/fixed_point.h"
#include "kernels/arg_max/arg_max.h"
#include "kernels/dot/dot.h"
#include "kernels/kernel.h"
#include "kernels/max/max.h"
#include "kernels/multiply/multiply.h"
#include "kernels/sigmoid/sigmoid.h"
#include "kernels/sum/sum.h"
#include "support/random_values.h"

namespace nputwin::lists_test {
namespace {

using test::random_values;

constexpr auto kSpare = static_cast<std::size_t>(kVectorSlack);

template <typename T>
void expect_max(const MaxKernels& kernels, const std::string& what) {
  std::mt19937 engine(4);
  const auto& of = kernels.of(static_cast<const T*>(nullptr));
  for (const int count : {1, 7, 16, 17, 40, 64, 71}) {
    const auto size = static_cast<std::size_t>(count);
    const auto in = random_values<T>(engine, 3 * size + kSpare, -128, 255);
    std::vector<T> expected(in.begin(), in.begin() + count), got(size + kSpare);
    for (int r = 1; r < 3; ++r) max_scalar(in.data() + r * count, count, expected.data());
    of.rows(in.data(), count, 3, count, got.data());
    got.resize(size);
    ASSERT_EQ(got, expected) << what << " count " << count;
    const std::vector<PixelRun> runs = {{0, 2}, {1, 2}, {2, 1}, {0, 3}};
    expected.assign(runs.size() * size + 1, T{100});
    auto pixels = expected;
    for (std::size_t x = 0; x < runs.size(); ++x) {
      std::fill_n(expected.data() + x * size, count, T{3});
      for (int j = 0; j < runs[x].count; ++j)
        max_scalar(in.data() + (runs[x].first + j) * count, count, expected.data() + x * size);
      for (std::size_t c = x * size; c < (x + 1) * size; ++c) expected[c] = std::min(expected[c], T{90});
    }
    of.pixels(in.data(), runs.data(), static_cast<std::int64_t>(runs.size()), count, T{3}, T{90}, pixels.data());
    ASSERT_EQ(pixels, expected) << what << " channels " << count;  // what lies behind is untouched
  }
}

TEST(KernelLists, EveryMaxEqualsTheDefinition) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_MAX(kernel)                                           \
  expect_max<std::int8_t>(max_##kernel(isa), #kernel " " + isa.name); \
  expect_max<std::uint8_t>(max_##kernel(isa), #kernel " " + isa.name);
#include "kernels/max/kernels.inc"
#undef NPUTWIN_MAX
  }
}

template <typename T>
void expect_sums(const SumKernels& kernels, const std::string& what) {
  std::mt19937 engine(9);
  for (const int channels : {1, 3, 15, 16, 17, 32, 63, 64, 65, 130}) {
    for (const auto& [rows, pixels] : {std::pair{1, 1}, {1, 300}, {3, 3}, {7, 129}}) {
      const std::int64_t stride = std::int64_t{pixels} * channels + 5;
      const std::size_t size = static_cast<std::size_t>(rows * stride);
      for (const bool ends : {false, true}) {
        auto in = random_values<T>(engine, size + kSpare, -128, 255);
        if (ends)
          std::fill(in.begin(), in.end(),
                    engine() % 2 == 0 ? std::numeric_limits<T>::min() : std::numeric_limits<T>::max());
        std::vector<std::int32_t> expected(static_cast<std::size_t>(channels + kSumPadding)), got = expected;
        sum_scalar(in.data(), stride, rows, pixels, channels, expected.data());
        kernels.of(in.data())(in.data(), stride, rows, pixels, channels, got.data());
        got.resize(static_cast<std::size_t>(channels)), expected.resize(got.size());
        ASSERT_EQ(got, expected) << what << " " << rows << " x " << pixels << " x " << channels;
      }
    }
  }
}

TEST(KernelLists, EverySumEqualsTheDefinition) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_SUM(kernel)                                            \
  expect_sums<std::int8_t>(sum_##kernel(isa), #kernel " " + isa.name); \
  expect_sums<std::uint8_t>(sum_##kernel(isa), #kernel " " + isa.name);
#include "kernels/sum/kernels.inc"
#undef NPUTWIN_SUM
  }
}

/// Rows with the largest at each place, several of it, and all alike.
void expect_arg_max(const ArgMaxKernels& kernels, const std::string& what) {
  std::mt19937 engine(10);
  for (const int size : {1, 2, 15, 16, 17, 21, 32, 33, 64, 100}) {
    for (const int flip : {0, 0x80, 0xFF, 0x7F}) {
      const int rows = size + 40;
      auto in = random_values<std::uint8_t>(engine, static_cast<std::size_t>(rows * size) + kSpare, 0, 255);
      for (int r = 0; r < size; ++r)
        in[static_cast<std::size_t>(r * size + r)] = static_cast<std::uint8_t>(0xFF ^ flip);
      for (int r = size; r < size + 20; ++r) {
        for (int k = 0; k < size; ++k)
          in[static_cast<std::size_t>(r * size + k)] =
              static_cast<std::uint8_t>((r % 2 == 0 ? 0 : engine() % 3) ^ flip);
      }
      std::vector<std::int32_t> expected;
      for (int r = 0; r < rows; ++r) {
        const std::uint8_t* row = in.data() + r * size;
        expected.push_back(static_cast<std::int32_t>(
            std::max_element(row, row + size, [&](int a, int b) { return (a ^ flip) < (b ^ flip); }) - row));
      }
      std::vector<std::int32_t> got(expected.size());
      std::vector<std::int64_t> wide(expected.size());
      kernels(in.data(), rows, size, static_cast<std::uint8_t>(flip), got.data());
      kernels(in.data(), rows, size, static_cast<std::uint8_t>(flip), wide.data());
      ASSERT_EQ(got, expected) << what << " size " << size;
      ASSERT_TRUE(std::ranges::equal(wide, expected)) << what << " size " << size;
    }
  }
}

TEST(KernelLists, EveryArgMaxFindsTheFirst) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_ARG_MAX(kernel) expect_arg_max(arg_max_##kernel(isa), #kernel " " + isa.name);
#include "kernels/arg_max/kernels.inc"
#undef NPUTWIN_ARG_MAX
  }
}

void expect_dots(const DotKernels& kernels, const std::string& what) {
  std::mt19937 engine(5);
  for (const int columns : {1, 2, 7, 8, 16, 31, 32, 33, 64, 257}) {
    for (const int rows : {1, 3, 4, 5, 9}) {
      const auto count = static_cast<std::size_t>(rows * columns);
      const auto weights = random_values<std::int8_t>(engine, count + kDotPadding, -128, 127);
      auto x = random_values<std::int16_t>(engine, static_cast<std::size_t>(columns + kDotPadding), -32768, 32767);
      std::fill(x.begin() + columns, x.end(), std::int16_t{0});
      std::vector<std::int32_t> expected(static_cast<std::size_t>(rows) + 1, 77), got = expected;
      dot_rows_scalar(weights.data(), rows, columns, x.data(), expected.data());
      kernels.rows(weights.data(), rows, columns, x.data(), got.data());
      ASSERT_EQ(got, expected) << what << " " << rows << " rows of " << columns;
      auto a = random_values<std::int16_t>(engine, count, -32768, 32767), b = a;
      for (std::size_t i = 0; i < count; ++i) b[i] = i % 3 == 0 ? std::int16_t{-32768} : a[count - 1 - i];
      if (columns > 8) std::fill(a.begin(), a.end(), std::int16_t{-32768});  // sums leave 32 bits
      for (std::size_t r = 0; r < static_cast<std::size_t>(rows); ++r) {
        std::int64_t sum = 0;
        for (std::size_t k = r * static_cast<std::size_t>(columns); k < (r + 1) * static_cast<std::size_t>(columns);
             ++k)
          sum += std::int64_t{a[k]} * b[k];
        expected[r] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum));
      }
      kernels.pairs(a.data(), b.data(), rows, columns, got.data());
      ASSERT_EQ(got, expected) << what << " " << rows << " pairs of rows of " << columns;
    }
  }
}

TEST(KernelLists, EveryDotEqualsThePlainSum) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_DOT(kernel) expect_dots(dot_##kernel(isa), #kernel " " + isa.name);
#include "kernels/dot/kernels.inc"
#undef NPUTWIN_DOT
  }
}

/// All numbers; then a few, as what is left behind whole vectors.
void expect_sigmoids(const SigmoidKernels& kernels, int bits, const std::vector<std::int16_t>& all,
                     const std::vector<std::int16_t>& logistic, const std::vector<std::int16_t>& tanh,
                     const std::string& what) {
  for (const std::size_t count : {all.size(), std::size_t{1}, std::size_t{7}, std::size_t{67}}) {
    auto got = all;
    kernels.logistic(got.data(), static_cast<std::int64_t>(count), bits);
    ASSERT_TRUE(std::equal(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(count), logistic.begin())) << what;
    ASSERT_TRUE(count == all.size() || got[count] == all[count]) << what;
    got = all;
    kernels.tanh(got.data(), static_cast<std::int64_t>(count), bits);
    ASSERT_TRUE(std::equal(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(count), tanh.begin())) << what;
    ASSERT_TRUE(count == all.size() || got[count] == all[count]) << what;
  }
}

TEST(KernelLists, EverySigmoidEqualsTheDefinitionForAllNumbers) {
  std::vector<std::int16_t> all(1 << 16), logistic(all.size()), tanh(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int16_t>(i * 31);
  for (int bits = 0; bits <= 6; ++bits) {
    for (std::size_t i = 0; i < all.size(); ++i)
      logistic[i] = fixed_logistic(all[i], bits), tanh[i] = fixed_tanh(all[i], bits);
    for (const Isa& isa : available_isas()) {
      if (isa.scalar()) continue;
#define NPUTWIN_SIGMOID(kernel) \
  expect_sigmoids(sigmoid_##kernel(isa), bits, all, logistic, tanh, fmt::format(#kernel " {} {} bits", isa.name, bits));
#include "kernels/sigmoid/kernels.inc"
#undef NPUTWIN_SIGMOID
    }
  }
}

/// Numbers at both ends, at and beside ties of the multiplication, and any.
std::vector<std::int32_t> numbers_for(QuantizedMultiplier m, std::mt19937& engine) {
  std::vector<std::int32_t> numbers = {INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX};
  const double step = std::ldexp(m.multiplier, m.exponent - 31);
  for (int k = -40; k <= 40 && m.multiplier > 0; ++k) {
    const double tie = (k + 0.5) / step;
    for (const double x : {std::floor(tie) - 1, std::floor(tie), std::floor(tie) + 1})
      numbers.push_back(static_cast<std::int32_t>(std::clamp(x, -2147483648.0, 2147483647.0)));
  }
  for (int k = 0; k < 200; ++k) numbers.push_back(static_cast<std::int32_t>(engine()) >> (k % 31));
  return numbers;
}

TEST(KernelLists, EveryMultiplyEqualsTheDefinition) {
  std::mt19937 engine(6);
  constexpr std::int32_t kMultipliers[] = {1 << 30, (1 << 30) + 1, 1518500250, INT32_MAX, 0};
  for (int exponent = -33; exponent <= 33; ++exponent) {
    for (const std::int32_t multiplier : kMultipliers) {
      const QuantizedMultiplier m{multiplier, exponent};
      const auto numbers = numbers_for(m, engine);
      for (const auto roundings : {FixedPointRoundings::kTwo, FixedPointRoundings::kOne}) {
        for (const Rounding second : {Rounding::kHalfAwayFromZero, Rounding::kHalfUp}) {
          const FixedPointMultiply multiply{roundings};
          auto expected = numbers;
          for (auto& x : expected) x = multiply(x, m, second);
          for (const Isa& isa : available_isas()) {
            const ManyMultiply many(multiply, m, isa, second);
            const bool takes = roundings == FixedPointRoundings::kTwo ? exponent >= -30 && exponent <= 31
                                                                      : exponent >= -31 && exponent <= -1;
            ASSERT_EQ(many.by_vectors(), takes && !isa.scalar()) << exponent;
            auto got = numbers;
            many(got.data(), static_cast<std::int64_t>(got.size()));
            ASSERT_EQ(got, expected) << isa.name << " " << multiplier << " * 2^" << exponent;
          }
        }
      }
    }
  }
}

TEST(KernelLists, EveryDivisionRoundsHalfAway) {
  std::mt19937 engine(8);
  for (int right = 0; right <= 30; ++right) {
    const auto numbers = numbers_for({1 << 30, 1 - right}, engine);
    auto expected = numbers;
    for (auto& x : expected) x = rounding_divide_by_pot(x, right);
    for (const Isa& isa : available_isas()) {
      if (isa.scalar()) continue;
#define NPUTWIN_MULTIPLY(kernel)                                                             \
  {                                                                                          \
    auto got = numbers;                                                                      \
    multiply_##kernel(isa).divide(got.data(), static_cast<std::int64_t>(got.size()), right); \
    ASSERT_EQ(got, expected) << isa.name << " " << right;                                    \
  }
#include "kernels/multiply/kernels.inc"
#undef NPUTWIN_MULTIPLY
    }
  }
}

TEST(MaxKernels, TheDefinition) {
  const std::int8_t in[] = {-128, 5, 7};
  std::int8_t largest[] = {-127, -5, 7};
  max_scalar(in, 3, largest);
  EXPECT_EQ(largest[0], -127);
  EXPECT_EQ(largest[1], 5);
  EXPECT_EQ(largest[2], 7);
}

}  // namespace
}  // namespace nputwin::lists_test
