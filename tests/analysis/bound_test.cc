#include "analysis/prove/bound.h"

#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::bound_test {
namespace {

using test::ModelBuilder;

struct Sides {
  Session a, b;

  explicit Sides(const std::shared_ptr<const Model>& model)
      : a(Session::prepare(model, find_profile("litert-2.1-arm64").value(), {}).value()),
        b(Session::prepare(model, find_profile("vip-v8").value(), {}).value()) {}
  [[nodiscard]] std::map<int, LayerBound> bounds() {
    const Proof proof = prove(a, b).value();
    return bounds_of(a, b, proof, [](int) { return std::optional(Divergence()); });
  }
};

/// -128 and -128 are -124 for LiteRT, a tie, and -125 for the chip.
TEST(Bounds, OfConstantsThatTheSidesComputeDifferently) {
  ModelBuilder b;
  const int first = b.constant<std::int8_t>("first", {1}, {-128}, {{0.5F}, {-128}, 0});
  const int second = b.constant<std::int8_t>("second", {1}, {-128}, {{0.5F}, {127}, 0});
  const int sum = b.tensor("sum", DType::kInt8, {1}, 1, 3);
  const int x = b.tensor("x", DType::kInt8, {1, 8}, 0.5F, 0), y = b.tensor("y", DType::kInt8, {1, 8}, 1.5F, 0);
  b.op("ADD", {first, second}, {sum});
  b.op("ADD", {x, sum}, {y});
  b.inputs({x});
  b.outputs({y});
  Sides sides(b.read());
  const auto bounds = sides.bounds();
  ASSERT_TRUE(bounds.contains(sum) && bounds.contains(y));
  EXPECT_FALSE(bounds.at(sum).isolated);
  EXPECT_EQ(bounds.at(sum).accumulated, 255);  // nobody follows what they are
  EXPECT_EQ(bounds.at(sum).range, 255);
  EXPECT_GT(bounds.at(y).accumulated, 0);
}

/// Behind a layer that differs by one step: what moves or takes codes carries that on, output by output.
TEST(Bounds, OpsThatMoveCodesCarryThemOn) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 2, 2, 2}, 0.5F, -128),
            z = b.tensor("z", DType::kInt8, {1, 2, 2, 2}, 0.5F, 127);
  const int sum = b.tensor("sum", DType::kInt8, {1, 2, 2, 2}, 1, 3);
  const int most = b.tensor("most", DType::kInt8, {1, 1, 1, 2}, 1, 3);
  const int left = b.tensor("left", DType::kInt8, {1, 1, 1, 1}, 1, 3),
            right = b.tensor("right", DType::kInt8, {1, 1, 1, 1}, 1, 3);
  const int axis = b.constant<std::int32_t>("axis", {}, {3});
  b.op("ADD", {x, z}, {sum});
  b.op("MAX_POOL_2D", {sum}, {most},
       {{"padding", 1}, {"stride_w", 2}, {"stride_h", 2}, {"filter_width", 2}, {"filter_height", 2}});
  b.op("SPLIT", {axis, most}, {left, right}, {{"num_splits", 2}});
  b.inputs({x, z});
  b.outputs({left, right});
  Sides sides(b.read());
  const auto bounds = sides.bounds();
  for (const int t : {sum, most, left, right}) EXPECT_EQ(bounds.at(t).accumulated, 1) << t;
  EXPECT_EQ(bounds.at(sum).isolated, 1);
  EXPECT_EQ(bounds.at(most).isolated, 0);
  EXPECT_EQ(bounds.at(most).step, 0);  // where its inputs do not differ
}

}  // namespace
}  // namespace nputwin::bound_test
