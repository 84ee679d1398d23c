#include "model/part.h"

#include <gmock/gmock.h>

namespace nputwin::part_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string name_of(int t) { return std::string(1, static_cast<char>('a' + t)); }

/// Tensors a to j; the nodes are given by what they read and make.
Model model_of(std::vector<std::pair<std::vector<int>, std::vector<int>>> nodes, std::vector<int> outputs) {
  Model model;
  Graph& graph = model.graphs.emplace_back();
  graph.tensors.resize(10);
  for (int t = 0; t < 10; ++t) graph.tensors[static_cast<std::size_t>(t)].spec.name = name_of(t);
  for (auto& [in, out] : nodes) {
    graph.nodes.emplace_back().op = "ADD";
    graph.nodes.back().inputs = in;
    graph.nodes.back().outputs = out;
  }
  graph.inputs = {0};
  graph.outputs = std::move(outputs);
  return model;
}

std::vector<std::size_t> left_out(const Graph& graph) {
  std::vector<std::size_t> nodes;
  for (const NotRun::Op& op : graph.not_run.ops) nodes.push_back(op.node);
  return nodes;
}

// a -> n0 -> b -> n1 -> c -> n2 -> d;  b -> n3 -> e
Model fork() { return model_of({{{0}, {1}}, {{1}, {2}}, {{2}, {3}}, {{1}, {4}}}, {3, 4}); }

TEST(Part, WithoutAReasonNothingIsLeftOut) {
  const auto part = part_that_runs(fork(), std::nullopt, {});
  EXPECT_EQ(part->main().not_run, NotRun());
  EXPECT_THAT(part->main().outputs, ElementsAre(3, 4));
}

TEST(Part, WhatDoesNotRestOnTheOpRuns) {
  const Graph graph = part_that_runs(fork(), std::nullopt, {{1, "because"}})->main();
  EXPECT_THAT(left_out(graph), ElementsAre(1, 2));
  EXPECT_EQ(graph.not_run.ops[0].why, "because");
  EXPECT_EQ(graph.not_run.ops[1].why, "");
  EXPECT_TRUE(graph.not_run.falls_short());
  EXPECT_THAT(graph.outputs, ElementsAre(4, 1)) << "b is what op 1 would read";
  EXPECT_THAT(graph.not_run.lost, ElementsAre("d"));
  EXPECT_THAT(graph.not_run.instead, ElementsAre("b"));
  EXPECT_TRUE(graph.nodes[1].left_out && graph.nodes[1].inputs.empty() && graph.nodes[1].outputs.empty());
  EXPECT_THAT(graph.nodes[3].outputs, ElementsAre(4)) << "nodes keep their indices";
  EXPECT_TRUE(validate(graph));
}

TEST(Part, UntilAnOpThatIsNamed) {
  const Graph graph = part_that_runs(fork(), 1, {})->main();
  EXPECT_THAT(left_out(graph), ElementsAre(2, 3));
  EXPECT_FALSE(graph.not_run.falls_short()) << "that was asked for";
  EXPECT_THAT(graph.outputs, ElementsAre(2, 1));
  EXPECT_THAT(graph.not_run.lost, ElementsAre("d", "e"));
}

TEST(Part, AnInputOfTheModelIsNoEnd) {
  const Graph graph = part_that_runs(fork(), std::nullopt, {{0, "because"}})->main();
  EXPECT_THAT(left_out(graph), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(graph.outputs, IsEmpty());
}

// READ j; ASSIGN j, which cannot run; READ j once more: that would find the value of before.
TEST(Part, WhoReadsAVariableAfterAnOpThatIsLeftOutIsLeftOut) {
  Model model = model_of({{{9}, {1}}, {{9, 1}, {}}, {{9}, {2}}}, {1, 2});
  model.graphs[0].tensors[9].variable = true;
  const Graph graph = part_that_runs(model, std::nullopt, {{1, "because"}})->main();
  EXPECT_THAT(left_out(graph), ElementsAre(1, 2));
  EXPECT_THAT(graph.outputs, ElementsAre(1));
}

}  // namespace
}  // namespace nputwin::part_test
