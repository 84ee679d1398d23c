#include "api/on_cpu.h"

#include <gtest/gtest.h>

namespace nputwin::on_cpu_test {
namespace {

TEST(OnCpu, ATypeStandsForAllItsOps) {
  Graph graph;
  for (const char* op : {"ADD", "RELU", "ADD", "SOFTMAX", "RELU"}) graph.nodes.emplace_back().op = op;
  using Patterns = std::vector<std::string>;
  EXPECT_EQ(api::on_cpu_patterns(graph, {0, 2, 3, 4}), (Patterns{"ADD", "SOFTMAX", "4"}));
  EXPECT_EQ(api::on_cpu_patterns(graph, {1}), (Patterns{"1"}));
  EXPECT_EQ(api::on_cpu_patterns(graph, {}), Patterns());
}

}  // namespace
}  // namespace nputwin::on_cpu_test
