#include "mac/layer_values.h"

#include <gtest/gtest.h>

#include "kernels/product/product.h"
#include "mac/layer.h"

namespace nputwin {
namespace {

using Values = std::vector<std::int16_t>;

TEST(LayerValuesPool, KeepsEqualValuesOnce) {
  LayerValuesPool pool;
  const LayerValues first = pool.share({1, -2, 3, 4}), again = pool.share({1, -2, 3, 4});
  EXPECT_EQ(first.all().data(), again.all().data());
  for (const Values& other : {Values{1, -2, 3, 5}, Values{1, -2, 3}, Values{}}) {
    const LayerValues shared = pool.share(other);
    EXPECT_NE(shared.all().data(), first.all().data());
    EXPECT_EQ(Values(shared.begin(), shared.end()), other);
  }
}

TEST(LayerValuesPool, HoldsNothingItself) {
  LayerValuesPool pool;
  const ProductKernels kernels = product_int16(available_isas().front());
  if (kernels.lanes == 0) GTEST_SKIP() << "this processor has no vectors";
  std::weak_ptr<const PackedWeights> packed;
  {
    const LayerValues values = pool.share({1, 2});
    packed = values.packed({.channels = 1, .entries = 1, .run = 2, .vectors = 1}, kernels);
    EXPECT_FALSE(packed.expired());
  }
  EXPECT_TRUE(packed.expired());
  EXPECT_EQ(pool.share({1, 2}), LayerValues(Values{1, 2}));
}

TEST(LayerValues, AreEqualByValue) {
  const LayerValues one(Values{1, 2});
  EXPECT_EQ(one, LayerValues(Values{1, 2}));
  EXPECT_NE(one, LayerValues(Values{1, 3}));
  EXPECT_EQ(LayerValues(), LayerValues(Values{}));
}

TEST(LayerValues, ArePackedOnceForEachWay) {
  const ProductKernels kernels = product_int16(available_isas().front());
  if (kernels.lanes == 0) GTEST_SKIP() << "this processor has no vectors";
  const LayerValues values(Values{1, 2, 3, 4, 5, 6, 7, 8}), copy = values;
  const LayerValues::Packing all{.channels = 2, .entries = 2, .run = 2, .vectors = 1};
  const auto packed = values.packed(all, kernels);
  EXPECT_EQ(copy.packed(all, kernels), packed);
  LayerValues::Packing second = all;
  second.first = 4, second.channels = 1;
  EXPECT_NE(values.packed(second, kernels), packed);
  EXPECT_EQ(values.packed(second, kernels)->totals()[0], 5 + 6 + 7 + 8);
  EXPECT_EQ(packed->totals()[0], 1 + 2 + 3 + 4);
  EXPECT_EQ(packed->depth(), 4);
}

// 32 bits hold the sum of 33000 products of 255 * 255, not that of 40000.
TEST(MacLayer, SumsAreExactOnBothSidesOf32Bits) {
  for (const std::int64_t depth : {33000, 40000}) {
    const std::int64_t sum = depth * 255 * 255;
    MacLayer layer;
    layer.type = DType::kUInt8;
    layer.taps = RowTaps{1, depth, 1};
    layer.weights.values = Values(static_cast<std::size_t>(depth), 255);
    layer.weights.bias = {7};
    layer.weights.largest_accumulator = sum + 7;
    const TensorSpec spec{"x", DType::kUInt8, {1, static_cast<int>(depth)}, {{1}, {0}, 0}};
    const std::vector<std::uint8_t> codes(static_cast<std::size_t>(depth), 255);
    const TensorView input{&spec, std::as_bytes(std::span(codes))};
    EXPECT_EQ(layer.sum({{&input, 1}, {}, {}, {}, nullptr, nullptr}, 0), sum + 7);
  }
}

}  // namespace
}  // namespace nputwin
