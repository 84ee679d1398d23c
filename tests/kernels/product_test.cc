// Tiles of products, and rows interleaved for depthwise layers, against plain loops on every instruction set.

#include "kernels/product/product.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "kernels/kernel.h"
#include "kernels/product/depthwise.h"
#include "support/random_values.h"

namespace nputwin::product_test {
namespace {

using test::random_values;

constexpr auto kSpare = static_cast<std::size_t>(kVectorSlack);

void expect_tile(const ProductKernels& kernels, int vectors, int positions, const std::string& what) {
  std::mt19937 engine(static_cast<std::uint32_t>(vectors * 100 + positions));
  for (const int run : {1, 3, 4, 9, 32}) {
    constexpr int kEntries = 2;
    const int channels = vectors * kernels.lanes - run % 2, step = run + 1, row = run + step * (positions - 1);
    // Unsigned weights for some channels: what is taken off them comes back by the sums of the windows.
    auto weights = random_values<std::int16_t>(engine, static_cast<std::size_t>(channels * kEntries * run), -128, 127);
    const auto depth = static_cast<std::size_t>(kEntries * run);
    for (std::size_t i = 0; i < weights.size() / depth / 3 * depth; ++i)
      weights[i] = static_cast<std::int16_t>(weights[i] + 100);
    const PackedWeights packed(weights, channels, kEntries, run, kernels, vectors);
    ASSERT_EQ(packed.panels(), 1);
    std::vector<std::vector<std::int32_t>> values;
    std::vector<std::vector<std::byte>> rows;
    std::vector<const std::byte*> pointers;
    for (int e = 0; e < kEntries; ++e) {
      values.push_back(kernels.bytes() ? random_values<std::int32_t>(engine, static_cast<std::size_t>(row), 0, 255)
                                       : random_values<std::int32_t>(engine, static_cast<std::size_t>(row), -255, 255));
      std::vector<std::byte> bytes(static_cast<std::size_t>(row * kernels.value_bytes()) + kSpare);
      for (std::size_t i = 0; i < values.back().size(); ++i) {
        const auto narrow = static_cast<std::int16_t>(values.back()[i]);
        std::memcpy(bytes.data() + i * static_cast<std::size_t>(kernels.value_bytes()), &narrow,
                    static_cast<std::size_t>(kernels.value_bytes()));
      }
      rows.push_back(std::move(bytes));
    }
    for (const auto& r : rows) pointers.push_back(r.data());
    const std::size_t width = static_cast<std::size_t>(vectors * kernels.lanes);
    const auto bias = random_values<std::int32_t>(engine, width, -20000, 20000);
    std::vector<std::int32_t> factor(packed.taken_off().begin(), packed.taken_off().end()), windows;
    factor.resize(width);
    for (int r = 0; r < positions; ++r) {
      std::int32_t sum = 0, of_kernel = 0, total = 0;
      for (int e = 0; e < kEntries; ++e) {
        for (int k = 0; k < run; ++k)
          sum += values[static_cast<std::size_t>(e)][static_cast<std::size_t>(r * step + k)];
        kernels.sum_values(rows[static_cast<std::size_t>(e)].data() + r * step * kernels.value_bytes(), 1, 0, run,
                           &of_kernel);
        total += of_kernel;
      }
      ASSERT_EQ(total, sum) << what;
      windows.push_back(sum);
    }
    std::vector<std::int32_t> sums(static_cast<std::size_t>(positions) * width);
    ProductTile tile;
    tile.rows = pointers.data();
    tile.step = step * kernels.value_bytes();
    tile.entries = kEntries;
    tile.groups = packed.groups();
    tile.weights = packed.data(0);
    tile.bias = bias.data();
    tile.window_sums = windows.data();
    tile.factor = factor.data();
    tile.sums = sums.data();
    tile.keep_sums = true;
    ASSERT_EQ(kernels.tiles[vectors][positions](tile), 0U);
    for (int r = 0; r < positions; ++r) {
      for (int c = 0; c < channels; ++c) {
        std::int64_t sum = bias[static_cast<std::size_t>(c)];
        for (int e = 0; e < kEntries; ++e) {
          for (int k = 0; k < run; ++k) {
            sum += std::int64_t{values[static_cast<std::size_t>(e)][static_cast<std::size_t>(r * step + k)]} *
                   weights[static_cast<std::size_t>((c * kEntries + e) * run + k)];
          }
        }
        ASSERT_EQ(sums[static_cast<std::size_t>(r) * width + static_cast<std::size_t>(c)], sum)
            << what << " " << positions << " x " << vectors << " run " << run << " row " << r << " channel " << c;
      }
    }
  }
}

void expect_product(const ProductKernels& kernels, const std::string& what) {
  if (kernels.lanes == 0) return;
  for (int vectors = 1; vectors <= ProductKernels::kMostVectors; ++vectors) {
    for (int positions = 1; positions <= ProductKernels::kMostPositions; ++positions) {
      const bool has = kernels.tiles[vectors][positions] != nullptr;
      EXPECT_LE(positions == 1, has) << what << " has no tile of one position and " << vectors << " vectors";
      if (has) expect_tile(kernels, vectors, positions, what);
    }
  }
  std::mt19937 engine(2);
  for (const int count : {1, 15, 16, 17, 64}) {
    const auto codes = random_values<std::uint8_t>(engine, static_cast<std::size_t>(count) + kSpare, 0, 255);
    const auto* signed_codes = reinterpret_cast<const std::int8_t*>(codes.data());
    std::vector<std::byte> of_unsigned((static_cast<std::size_t>(count) + kSpare) * 2), of_signed(of_unsigned.size());
    kernels.fill_u8(codes.data(), count, 200, of_unsigned.data());
    kernels.fill_i8(signed_codes, count, -128, of_signed.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      if (kernels.bytes()) {
        ASSERT_EQ(std::to_integer<int>(of_unsigned[i]), codes[i]) << what << " " << i;
        ASSERT_EQ(std::to_integer<int>(of_signed[i]), signed_codes[i] + 128) << what << " " << i;
      } else {
        ASSERT_EQ(reinterpret_cast<const std::int16_t*>(of_unsigned.data())[i], codes[i] - 200) << what << " " << i;
        ASSERT_EQ(reinterpret_cast<const std::int16_t*>(of_signed.data())[i], signed_codes[i] + 128)
            << what << " " << i;
      }
    }
  }
}

TEST(ProductKernels, EveryOneEqualsThePlainOne) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_PRODUCT(kernel) expect_product(product_##kernel(isa), #kernel " " + isa.name);
#include "kernels/product/kernels.inc"
#undef NPUTWIN_PRODUCT
  }
}

TEST(ProductKernels, TilesCoverEveryPosition) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
    const ProductKernels kernels = product_int16(isa);
    for (int vectors = 1; vectors <= ProductKernels::kPanelVectors; ++vectors) {
      for (int count = 1; count < 100; ++count) {
        std::vector<int> made(static_cast<std::size_t>(count));
        for_each_tile(kernels, vectors, count, [&](int first, int positions) {
          ASSERT_NE(kernels.tiles[vectors][positions], nullptr) << count;
          ASSERT_GE(first, 0);
          ASSERT_LE(first + positions, count);
          for (int i = 0; i < positions; ++i) ++made[static_cast<std::size_t>(first + i)];
        });
        EXPECT_EQ(std::count(made.begin(), made.end(), 0), 0) << isa.name << " " << count;
      }
    }
  }
}

void expect_interleaved(const DepthwiseKernels& kernels, const std::string& what) {
  if (kernels.lanes == 0) return;
  std::mt19937 engine(3);
  for (const int count : {1, 8, 15, 16, 17, 64, 71}) {
    std::vector<std::vector<std::uint8_t>> rows;
    std::vector<const void*> pointers;
    for (int r = 0; r < kernels.group; ++r)
      rows.push_back(random_values<std::uint8_t>(engine, static_cast<std::size_t>(count) + 4 * kSpare, 0, 255));
    for (const auto& row : rows) pointers.push_back(row.data());
    std::vector<std::byte> of_unsigned(static_cast<std::size_t>(count) * 4 + 8 * kSpare), of_signed(of_unsigned.size());
    kernels.interleave_u8(pointers.data(), count, 200, of_unsigned.data());
    kernels.interleave_i8(pointers.data(), count, 100, of_signed.data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      for (std::size_t r = 0; r < rows.size(); ++r) {
        const std::size_t at = i * rows.size() + r;
        const int code = rows[r][i], signed_code = static_cast<std::int8_t>(rows[r][i]);
        if (kernels.bytes()) {
          ASSERT_EQ(std::to_integer<int>(of_unsigned[at]), code) << what << " " << i;
          ASSERT_EQ(std::to_integer<int>(of_signed[at]), signed_code + 128) << what << " " << i;
        } else {
          ASSERT_EQ(reinterpret_cast<const std::int16_t*>(of_unsigned.data())[at], code - 200) << what << " " << i;
          ASSERT_EQ(reinterpret_cast<const std::int16_t*>(of_signed.data())[at], signed_code - 100) << what << " " << i;
        }
      }
    }
  }
}

TEST(DepthwiseKernels, EveryOneInterleavesItsRows) {
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_DEPTHWISE(kernel) expect_interleaved(depthwise_##kernel(isa), #kernel " " + isa.name);
#include "kernels/product/depthwise_kernels.inc"
#undef NPUTWIN_DEPTHWISE
  }
}

}  // namespace
}  // namespace nputwin::product_test
