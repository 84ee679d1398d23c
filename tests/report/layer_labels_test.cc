#include "report/layer_labels.h"

#include <gtest/gtest.h>

namespace nputwin::layer_labels_test {
namespace {

LayerDiff layer(std::uint32_t node, std::size_t output) {
  LayerDiff layer;
  layer.node.index = node, layer.output = output;
  return layer;
}

TEST(LayerLabels, TellOutputsOfAnOpApart) {
  DiffResult result;
  result.layers = {layer(3, 0), layer(12, 0), layer(63, 0), layer(63, 1), layer(64, 1)};
  EXPECT_EQ(report::layer_labels(result), (std::vector<std::string>{"3", "12", "63:0", "63:1", "64"}));
  EXPECT_EQ(report::layer_address(result.layers[1]), "op-12");
  EXPECT_EQ(report::layer_address(result.layers[3]), "op-63-1");
  EXPECT_EQ(report::layer_address(result.layers[4]), "op-64-1");
}

}  // namespace
}  // namespace nputwin::layer_labels_test
