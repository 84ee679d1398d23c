// Every kernel of every list against the plain loop, on every instruction set.

#include <gtest/gtest.h>

#include <random>

#include "kernels/depthwise/depthwise.h"
#include "kernels/gemm/gemm.h"
#include "kernels/kernel.h"
#include "kernels/max/max.h"

namespace nputwin::lists_test {
namespace {

constexpr auto kSpare = static_cast<std::size_t>(kVectorSlack);

template <typename T>
std::vector<T> random_values(std::mt19937& engine, std::size_t count, int lo, int hi) {
  std::vector<T> values(count);
  for (T& v : values) v = static_cast<T>(std::uniform_int_distribution<int>(lo, hi)(engine));
  return values;
}

void expect_gemm(const GemmKernels& kernels, const std::string& what) {
  std::mt19937 engine(1);
  for (const int depth : {1, 2, 7, 64, 65}) {
    for (const int panels : {1, 2}) {
      const int channels = panels * kernels.panel - (depth % 2);
      const auto weights = random_values<std::int16_t>(engine, static_cast<std::size_t>(channels * depth), -255, 255);
      const PackedMatrix packed(weights, channels, depth, kernels.panel);
      const std::ptrdiff_t stride = packed.pairs() * 2;
      auto a = random_values<std::int16_t>(engine, static_cast<std::size_t>(kernels.rows * stride), -32768, 32767);
      for (int r = 0; depth % 2 == 1 && r < kernels.rows; ++r) a[static_cast<std::size_t>(r * stride + depth)] = 0;
      const auto bias =
          random_values<std::int32_t>(engine, static_cast<std::size_t>(kernels.tile_columns()), -20000, 20000);
      std::vector<std::int32_t> acc(static_cast<std::size_t>(kernels.rows * kernels.tile_columns()));
      for (int rows = 1; rows <= kernels.rows; ++rows) {
        kernels.multiply(a.data(), stride, rows, packed.panel_data(0), panels, packed.pairs(), bias.data(), acc.data(),
                         kernels.tile_columns());
        for (int r = 0; r < rows; ++r) {
          for (int n = 0; n < channels; ++n) {
            std::int64_t sum = bias[static_cast<std::size_t>(n)];
            for (int k = 0; k < depth; ++k) {
              sum += std::int64_t{a[static_cast<std::size_t>(r * stride + k)]} *
                     weights[static_cast<std::size_t>(n * depth + k)];
            }
            ASSERT_EQ(acc[static_cast<std::size_t>(r * kernels.tile_columns() + n)], sum)
                << what << " depth " << depth << " rows " << rows << " row " << r << " channel " << n;
          }
        }
      }
    }
  }
}

void expect_widened(const GemmKernels& kernels, const std::string& what) {
  std::mt19937 engine(2);
  for (const int count : {1, 15, 16, 17, 64}) {
    const auto codes = random_values<std::uint8_t>(engine, static_cast<std::size_t>(count) + kSpare, 0, 255);
    const auto* signed_codes = reinterpret_cast<const std::int8_t*>(codes.data());
    std::vector<std::int16_t> unsigned_out(static_cast<std::size_t>(count) + kSpare), signed_out(unsigned_out.size());
    kernels.widen(codes.data(), count, 200, unsigned_out.data());
    kernels.widen(signed_codes, count, -128, signed_out.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      ASSERT_EQ(unsigned_out[i], codes[i] - 200) << what << " " << i;
      ASSERT_EQ(signed_out[i], signed_codes[i] + 128) << what << " " << i;
    }
  }
}

TEST(KernelLists, EveryGemmEqualsThePlainProduct) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_GEMM(kernel)                               \
  expect_gemm(gemm_##kernel(isa), #kernel " " + isa.name); \
  expect_widened(gemm_##kernel(isa), #kernel " " + isa.name);
#include "kernels/gemm/kernels.inc"
#undef NPUTWIN_GEMM
  }
}

template <typename T>
void expect_depthwise(const DepthwiseKernels& kernels, const std::string& what) {
  std::mt19937 engine(3);
  for (const int channels : {1, 3, 8, 15, 16, 17, 64, 71}) {
    const std::size_t padded = static_cast<std::size_t>(channels) + kSpare;
    for (const int count : {1, 2, 9}) {
      std::vector<std::vector<T>> rows;
      std::vector<const T*> taps;
      for (int t = 0; t < count; ++t) rows.push_back(random_values<T>(engine, padded, -128, 255));
      for (const auto& row : rows) taps.push_back(row.data());
      const auto factors = random_values<std::int32_t>(engine, padded * static_cast<std::size_t>(count), -255, 255);
      std::vector<std::int32_t> weights;
      for (const std::int32_t w : factors) weights.push_back(w & 0xFFFF);
      const auto bias = random_values<std::int32_t>(engine, padded, -20000, 20000);
      std::vector<std::int32_t> acc(padded);
      const auto stride = static_cast<std::int64_t>(padded);
      if constexpr (std::is_signed_v<T>) {
        kernels.pixel_i8(taps.data(), count, weights.data(), stride, bias.data(), channels, acc.data());
      } else {
        kernels.pixel_u8(taps.data(), count, weights.data(), stride, bias.data(), channels, acc.data());
      }
      for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
        std::int64_t sum = bias[c];
        for (std::size_t t = 0; t < rows.size(); ++t) sum += std::int64_t{rows[t][c]} * factors[t * padded + c];
        ASSERT_EQ(acc[c], sum) << what << " channels " << channels << " taps " << count << " channel " << c;
      }
    }
  }
}

TEST(KernelLists, EveryDepthwiseEqualsThePlainSum) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_DEPTHWISE(kernel)                                                 \
  expect_depthwise<std::int8_t>(depthwise_##kernel(isa), #kernel " " + isa.name); \
  expect_depthwise<std::uint8_t>(depthwise_##kernel(isa), #kernel " " + isa.name);
#include "kernels/depthwise/kernels.inc"
#undef NPUTWIN_DEPTHWISE
  }
}

template <typename T>
void expect_max(const MaxKernels& kernels, const std::string& what) {
  std::mt19937 engine(4);
  for (const int count : {1, 7, 16, 17, 40, 64, 71}) {
    const auto in = random_values<T>(engine, static_cast<std::size_t>(count), -128, 255);
    auto expected = random_values<T>(engine, in.size() + 1, -128, 255), got = expected;
    max_scalar(in.data(), count, expected.data());
    const auto vectors = kernels.of(in.data());
    ASSERT_NE(vectors, nullptr) << what;
    vectors(in.data(), count, got.data());
    ASSERT_EQ(got, expected) << what << " count " << count;  // what lies behind is untouched
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
