// The loops over pairs of codes against plain ones, on every instruction set. The coefficients are few bits wide, so
// that no step rounds and ties are ties.

#include "kernels/pairs/pairs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

namespace nputwin::pairs_test {
namespace {

template <typename T>
struct AllPairs {
  AllPairs() {
    for (int x = 0; x < 256; ++x) {
      for (int y = 0; y < 256; ++y) a.push_back(static_cast<T>(x)), b.push_back(static_cast<T>(y));
    }
  }
  std::vector<T> a, b;
};

/// `run(a, b, count, out)` of all pairs, and of few, behind which nothing is written, is `code(a, b)`.
template <typename T, typename Run, typename Code>
void expect_codes(const Run& run, const Code& code, const std::string& what) {
  const AllPairs<T> all;
  std::vector<T> expected, out(all.a.size());
  for (std::size_t i = 0; i < all.a.size(); ++i) expected.push_back(static_cast<T>(code(all.a[i], all.b[i])));
  run(all.a.data(), all.b.data(), static_cast<std::int64_t>(out.size()), out.data());
  ASSERT_EQ(out, expected) << what;
  for (std::int64_t count = 0; count < 130; ++count) {
    const std::size_t from = 30000 + static_cast<std::size_t>(count);
    std::vector<T> few(static_cast<std::size_t>(count) + 1, T{77}), right = few;
    std::copy_n(expected.begin() + static_cast<std::ptrdiff_t>(from), count, right.begin());
    run(all.a.data() + from, all.b.data() + from, count, few.data());
    ASSERT_EQ(few, right) << what << " " << count;
  }
}

template <typename T>
constexpr int kLowest = std::numeric_limits<T>::min();
template <typename T>
constexpr int kHighest = std::numeric_limits<T>::max();

template <typename T>
void expect_shifted_sums(const PairKernels& kernels, const std::string& what) {
  const int lo = kLowest<T>, hi = kHighest<T>;
  for (const ShiftedSumForm& form :
       {ShiftedSumForm{1, 1, 1, 1, 0, lo, hi}, ShiftedSumForm{1, -1, 1, 1, -128, lo, hi},
        ShiftedSumForm{(1 << 22) - 1, (1 << 22) - 1, 0, 21, 255, lo, hi},
        ShiftedSumForm{1 - (1 << 22), 1 - (1 << 22), 1, 30, 5, lo + 100, hi - 100},
        ShiftedSumForm{127, 128, 1 << 9, 10, 3, lo, hi}, ShiftedSumForm{-129, 643211, 1 << 19, 20, 3, lo, hi}}) {
    const auto code = [&](int a, int b) {
      const std::int64_t sum = std::int64_t{form.ma} * a + std::int64_t{form.mb} * b + form.start;
      return std::clamp<std::int64_t>((sum >> form.shift) + form.zero, form.lo, form.hi);
    };
    const auto run = [&](const T* a, const T* b, std::int64_t count, T* out) {
      kernels.of(T{}).shifted_sum(form, a, b, count, out);
    };
    expect_codes<T>(run, code, what + " shift " + std::to_string(form.shift));
  }
}

template <typename T>
void expect_scaled(const PairKernels& kernels, const std::string& what) {
  constexpr int lo = kLowest<T>, hi = kHighest<T>;
  struct Factors {
    int za, zb, wa, wb, start;
  };
  const std::vector<std::pair<Factors, Scaling>> cases = {
      {{0, 0, 1, 1, 0}, {0.5F, 0, 0, 0, lo, hi}},
      {{-128, 127, 255, 77, -9000}, {0.25F, -0.25F, 0.25F, 3, lo, hi}},
      {{255, 0, -32767, 32767, 0}, {0.125F, 0.125F, 0.125F, -128, lo, hi}},
      {{3, -7, 255, -128, 12345}, {0.375F, -0.125F, 0, 255, lo + 20, hi - 30}},
      {{0, 0, 3, 5, 1}, {16, 0, 0, 0, lo, hi}}};
  for (const auto& [f, scaling] : cases) {
    const auto code_of = [&f = scaling](int x) {
      const double y = x * static_cast<double>(f.ratio) + static_cast<double>(x < 0 ? f.below : f.above);
      return static_cast<int>(std::clamp<double>(std::nearbyint(y) + f.zero, f.lo, f.hi));
    };
    const std::string name = what + " ratio " + std::to_string(scaling.ratio);
    const ProductForm product{f.za, f.zb, scaling};
    expect_codes<T>(
        [&](const T* a, const T* b, std::int64_t n, T* out) { kernels.of(T{}).product(product, a, b, n, out); },
        [&, za = f.za, zb = f.zb](int a, int b) { return code_of((a - za) * (b - zb)); }, name);
    const WeightedSumForm sum{f.wa, f.wb, f.start, scaling};
    expect_codes<T>(
        [&](const T* a, const T* b, std::int64_t n, T* out) { kernels.of(T{}).weighted_sum(sum, a, b, n, out); },
        [&](int a, int b) { return code_of(a * sum.wa + b * sum.wb + sum.start); }, name + " sum");
    std::vector<std::int32_t> integers(4096), codes(integers.size()), expected;
    std::iota(integers.begin(), integers.end(), -2048);
    for (const std::int32_t x : integers) expected.push_back(code_of(x));
    kernels.scale(scaling, integers.data(), static_cast<std::int64_t>(integers.size()), codes.data());
    ASSERT_EQ(codes, expected) << name;
  }
}

template <typename T>
double real_of(const BilinearForm& form, T a, T b) {
  const float x =
      (static_cast<float>(a) * form.m + form.t) * static_cast<float>(b) + (static_cast<float>(a) * form.s + form.u);
  return static_cast<double>(std::clamp(x, form.lo, form.hi));
}

/// Ties by the table, all others not.
template <typename T>
void expect_bilinear(const PairKernels& kernels, const std::string& what) {
  constexpr auto lo = static_cast<float>(kLowest<T>), hi = static_cast<float>(kHighest<T>);
  const std::vector<std::uint8_t> table(65536, 42);
  for (BilinearForm form :
       {BilinearForm{0, 0.5F, 0.25F, 3, lo, hi, 1}, BilinearForm{0, 1, -1, -128, lo, hi, 1},
        BilinearForm{0.125F, -0.5F, 0.25F, 1, lo + 9, hi - 9, 1}, BilinearForm{0.375F, 16, -16, 16, lo, hi, 1}}) {
    for (const float limit : {1.0F, 0.5F, 0.25F}) {
      form.limit = limit;
      const auto code = [&](T a, T b) {
        const double x = real_of(form, a, b), nearest = std::nearbyint(x);
        return std::abs(x - nearest) >= static_cast<double>(limit) ? 42 : static_cast<int>(nearest);
      };
      const auto run = [&](const T* a, const T* b, std::int64_t count, T* out) {
        kernels.of(T{}).bilinear(form, a, b, count, table.data(), out);
      };
      expect_codes<T>(run, code, what + " limit " + std::to_string(limit));
    }
  }
}

/// 256 pairs with x from the lowest code - 64 in steps of 3/4, and codes of the tie above.
template <typename T>
void expect_misses(const PairKernels& kernels, const std::string& what) {
  constexpr auto lo = static_cast<float>(kLowest<T>), hi = static_cast<float>(kHighest<T>);
  const BilinearForm form{0, 0, 0.75F, lo < 0 ? 32.25F : 0.25F, lo, hi, 1};
  std::vector<T> a(256), b(256), codes;
  std::iota(b.begin(), b.end(), std::numeric_limits<T>::min());
  for (const T y : b) codes.push_back(static_cast<T>(std::nearbyint(real_of(form, T{0}, y))));
  BilinearMisses misses;
  kernels.of(T{}).compare(form, a.data(), b.data(), codes.data(), misses);
  EXPECT_EQ(misses.limit, 1) << what;  // all are right
  EXPECT_EQ(misses.least, 0) << what;  // some x is a tie that goes down, some one that goes up
  EXPECT_EQ(misses.most, 0) << what;

  codes.clear();
  for (const T y : b) codes.push_back(static_cast<T>(std::floor(real_of(form, T{0}, y) + 0.5)));
  misses = {};
  kernels.of(T{}).compare(form, a.data(), b.data(), codes.data(), misses);
  EXPECT_EQ(misses.limit, 0.5F) << what;
  EXPECT_EQ(misses.least, 0) << what;
  EXPECT_EQ(misses.most, 0.25F) << what;
}

TEST(PairKernels, EqualThePlainLoops) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
    const auto expect = [&](const PairKernels& kernels, const std::string& name, auto code) {
      using T = decltype(code);
      expect_shifted_sums<T>(kernels, name);
      expect_scaled<T>(kernels, name);
      expect_bilinear<T>(kernels, name);
      expect_misses<T>(kernels, name);
    };
#define NPUTWIN_PAIRS(kernel)                                                      \
  expect(pairs_##kernel(isa), std::string(#kernel " ") + isa.name, std::int8_t{}); \
  expect(pairs_##kernel(isa), std::string(#kernel " uint8 ") + isa.name, std::uint8_t{});
#include "kernels/pairs/kernels.inc"
#undef NPUTWIN_PAIRS
  }
}

}  // namespace
}  // namespace nputwin::pairs_test
