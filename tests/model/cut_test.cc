#include "model/cut.h"

#include <gmock/gmock.h>

namespace nputwin::cut_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Tensors 0 to 9 without values of their own; the nodes are given by what they read and make.
Graph graph_of(std::vector<std::pair<std::vector<int>, std::vector<int>>> nodes, std::vector<int> inputs,
               std::vector<int> outputs) {
  Graph graph;
  graph.tensors.resize(10);
  for (auto& [in, out] : nodes) {
    graph.nodes.emplace_back();
    graph.nodes.back().op = "ADD";
    graph.nodes.back().inputs = in;
    graph.nodes.back().outputs = out;
  }
  graph.inputs = std::move(inputs);
  graph.outputs = std::move(outputs);
  return graph;
}

// 0 -> n0 -> 1 -> n1 -> 2 -> n3 (2, 3) -> 4 -> n4 -> 5
//             1 -> n2 -> 3
Graph diamond() { return graph_of({{{0}, {1}}, {{1}, {2}}, {{1}, {3}}, {{2, 3}, {4}}, {{4}, {5}}}, {0}, {5}); }

TEST(Cut, APrefixHoldsWhatItsEndRestsOn) {
  const Cut cut = prefix_of(diamond(), 2);
  EXPECT_THAT(cut.nodes, ElementsAre(0, 2));
  EXPECT_THAT(cut.inputs, ElementsAre(0));
  EXPECT_THAT(cut.outputs, ElementsAre(3));
  EXPECT_THAT(prefix_of(diamond(), 3).nodes, ElementsAre(0, 1, 2, 3));
}

TEST(Cut, AMiddlePartHasInputsAndOutputsOnAllItsSides) {
  const Cut cut = part_of(diamond(), 1, 2);
  EXPECT_THAT(cut.nodes, ElementsAre(1, 2));
  EXPECT_THAT(cut.inputs, ElementsAre(1));
  EXPECT_THAT(cut.outputs, ElementsAre(2, 3));
  EXPECT_THAT(part_of(diamond(), 3, 4).inputs, ElementsAre(2, 3));
  EXPECT_THAT(part_of(diamond(), 3, 4).outputs, ElementsAre(5));
}

TEST(Cut, AnOutputInTheMiddleStaysOne) {
  Graph graph = diamond();
  graph.outputs = {4, 5};
  EXPECT_THAT(part_of(graph, 3, 4).outputs, ElementsAre(4, 5));
}

TEST(Cut, WhatNobodyReadsIsTheOutputOfItsOwnPart) {
  Graph graph = diamond();
  graph.outputs = {3};  // ops 3 and 4 are computed for nothing
  EXPECT_THAT(part_of(graph, 4, 4).outputs, ElementsAre(5));
}

TEST(Cut, ConstantsAndMissingInputsAreNoInputs) {
  Graph graph = graph_of({{{0, 1, -1}, {2}}}, {0}, {2});
  graph.tensors[1].constant = Bytes{};
  EXPECT_THAT(part_of(graph, 0, 0).inputs, ElementsAre(0));
}

// VAR_HANDLE, then READ_VARIABLE of 9, an op, ASSIGN_VARIABLE to 9, an op that reads neither.
TEST(Cut, WhoeverTouchesAVariableBeforeComesAlong) {
  Graph graph = graph_of({{{}, {}}, {{9}, {1}}, {{0, 1}, {2}}, {{9, 2}, {}}, {{9}, {3}}, {{0}, {4}}}, {0}, {3, 4});
  graph.nodes[0].op = "VAR_HANDLE";
  graph.tensors[9].variable = true;
  EXPECT_THAT(prefix_of(graph, 4).nodes, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(prefix_of(graph, 2).nodes, ElementsAre(0, 1, 2));
  EXPECT_THAT(prefix_of(graph, 5).nodes, ElementsAre(5));
  EXPECT_THAT(prefix_of(graph, 3).outputs, IsEmpty());
  EXPECT_THAT(part_of(graph, 4, 4).nodes, ElementsAre(0, 4));
  EXPECT_THAT(part_of(graph, 4, 4).inputs, IsEmpty());
}

}  // namespace
}  // namespace nputwin::cut_test
