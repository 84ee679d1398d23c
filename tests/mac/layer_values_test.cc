#include "mac/layer_values.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace nputwin
