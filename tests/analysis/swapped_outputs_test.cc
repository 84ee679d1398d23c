#include "analysis/compare/swapped_outputs.h"

#include <gtest/gtest.h>

namespace nputwin::swapped_outputs_test {
namespace {

using Codes = std::vector<std::int8_t>;
using Pairs = std::vector<std::pair<int, int>>;

/// A graph with three outputs, and what the two sides have of each.
Pairs found(const std::vector<Codes>& a, const std::vector<Codes>& b) {
  Graph graph;
  graph.tensors.resize(3);
  graph.outputs = {0, 1, 2};
  SwappedOutputs swapped(graph);
  std::vector<TensorSpec> specs;
  for (const Codes& codes : a) specs.push_back({"t", DType::kInt8, {static_cast<std::int32_t>(codes.size())}, {}});
  for (std::size_t t = 0; t < a.size(); ++t) {
    swapped.add(static_cast<int>(t), {&specs[t], std::as_bytes(std::span(a[t]))},
                {&specs[t], std::as_bytes(std::span(b[t]))});
  }
  swapped.end_sample();
  Pairs found;
  for (const OutputPair& pair : swapped.pairs()) {
    if (pair.swapped()) found.emplace_back(pair.first, pair.second);
  }
  return found;
}

TEST(SwappedOutputs, AreFoundWhereValuesAreNearerCrosswise) {
  const Codes x{1, 2, 3}, y{40, 50, 60}, z{-9, 9, -9};
  EXPECT_EQ(found({x, y, z}, {y, x, z}), (Pairs{{0, 1}}));
  EXPECT_EQ(found({x, y, z}, {Codes{41, 50, 60}, Codes{1, 1, 3}, z}), (Pairs{{0, 1}}));  // and rounding steps besides
  EXPECT_EQ(found({x, y, z}, {z, y, x}), (Pairs{{0, 2}}));
}

TEST(SwappedOutputs, EqualAndMerelyDifferentOnesAreNot) {
  const Codes x{1, 2, 3}, y{40, 50, 60}, z{-9, 9, -9};
  EXPECT_EQ(found({x, y, z}, {x, y, z}), Pairs{});
  EXPECT_EQ(found({x, x, z}, {x, x, z}), Pairs{});
  EXPECT_EQ(found({x, y, z}, {Codes{2, 2, 3}, Codes{40, 51, 60}, z}), Pairs{});
  EXPECT_EQ(found({x, y, z}, {Codes{90, 90, 90}, Codes{-90, -90, -90}, z}), Pairs{});
}

TEST(SwappedOutputs, OtherSizesAreNoPair) {
  EXPECT_EQ(found({{1, 2}, {1, 2, 3}, {7}}, {{2, 2}, {4, 4, 4}, {1}}), Pairs{});
}

}  // namespace
}  // namespace nputwin::swapped_outputs_test
