#include "model/model.h"

#include <gtest/gtest.h>

namespace nputwin::model_test {
namespace {

TEST(NodeId, APlainIndexIsOneOfTheMainGraph) {
  const NodeId fourth = std::size_t{4};
  EXPECT_EQ(fourth, NodeId(0, 4));
  EXPECT_TRUE(fourth.in_main());
  EXPECT_FALSE(NodeId(1, 4).in_main());
  EXPECT_LT(NodeId(0, 9), NodeId(1, 0)) << "graph by graph";
}

TEST(NodeId, NamesItsGraphUnlessThatIsTheMainOne) {
  Model model;
  model.graphs.resize(2);
  model.graphs[0].nodes.resize(5);
  model.graphs[0].nodes[4].op = "CONV_2D";
  model.graphs[1].nodes.resize(1);
  model.graphs[1].nodes[0].op = "RELU";
  const auto named = [&](NodeId id) { return node_name(id, model.node(id)); };
  EXPECT_EQ(named(std::size_t{4}), "op 4 CONV_2D");
  EXPECT_EQ(named({1, 0}), "subgraph 1 op 0 RELU");
}

TEST(Attributes, AreFoundByNameAndType) {
  const Attributes attributes{{"stride_w", 2},
                              {"beta", 0.5F},
                              {"keep_dims", true},
                              {"shared_name", "state"},
                              {"squeeze_dims", std::vector<std::int32_t>{1, -1}}};
  EXPECT_EQ(attributes.integer("stride_w"), 2);
  EXPECT_EQ(attributes.integer("keep_dims"), 1);
  EXPECT_EQ(attributes.real("beta"), 0.5);
  EXPECT_EQ(attributes.text("shared_name"), "state");
  EXPECT_EQ(attributes.integers("squeeze_dims"), (std::vector<std::int32_t>{1, -1}));
  EXPECT_EQ(attributes.integer("beta", 7), 7) << "no integer";
  EXPECT_EQ(attributes.integer("stride_h", 1), 1) << "not there";
}

}  // namespace
}  // namespace nputwin::model_test
