// IF and WHILE: the subgraphs' ops run by the profile's rules, in sessions of their own.

#include "session/control_flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::control_flow_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kProfile = "litert-2.3-x86";

/// Puts what `built` has as its main graph behind the graphs of `whole`.
void add_subgraph(ModelBuilder& whole, const ModelBuilder& built) {
  ModelBuilder copy = built;
  whole.model().graphs.push_back(copy.graph());
  for (const auto& blob : copy.model().storage) whole.model().storage.push_back(blob);
}

/// x + c, int32.
ModelBuilder add_constant(std::int32_t c, const Shape& shape = {2}) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt32, shape), y = b.tensor("y", DType::kInt32, shape);
  b.op("ADD", {x, b.constant<std::int32_t>("c", {1}, {c})}, {y});
  b.inputs({x}), b.outputs({y});
  return b;
}

/// x < c, of one int32.
ModelBuilder less_than(std::int32_t c) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt32, {1}), y = b.tensor("y", DType::kBool, {1});
  b.op("LESS", {x, b.constant<std::int32_t>("c", {1}, {c})}, {y});
  b.inputs({x}), b.outputs({y});
  return b;
}

ModelBuilder if_of(const ModelBuilder& yes, const ModelBuilder& no) {
  ModelBuilder b;
  const int c = b.tensor("c", DType::kBool, {1}), x = b.tensor("x", DType::kInt32, {2});
  const int y = b.tensor("y", DType::kInt32, {2});
  b.op("IF", {c, x}, {y}, {{"then_subgraph_index", std::int64_t{1}}, {"else_subgraph_index", std::int64_t{2}}});
  b.inputs({c, x}), b.outputs({y});
  add_subgraph(b, yes);
  add_subgraph(b, no);
  return b;
}

ModelBuilder while_of(const ModelBuilder& condition, const ModelBuilder& body) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt32, {1}), y = b.tensor("y", DType::kInt32, {1});
  b.op("WHILE", {x}, {y}, {{"cond_subgraph_index", std::int64_t{1}}, {"body_subgraph_index", std::int64_t{2}}});
  b.inputs({x}), b.outputs({y});
  add_subgraph(b, condition);
  add_subgraph(b, body);
  return b;
}

std::string refusal(const ModelBuilder& b, const SessionOptions& options = {}) {
  const auto session = Session::prepare(b.read(), find_profile(kProfile).value(), options);
  return session ? "" : session.error().message;
}

std::vector<std::int32_t> run(const ModelBuilder& b, const std::vector<std::vector<std::byte>>& inputs) {
  return from_bytes<std::int32_t>(
      run_model(b.read(), find_profile(kProfile).value(), inputs, available_isas().front())[0]);
}

TEST(ControlFlow, AnIfTakesOneBranch) {
  const ModelBuilder b = if_of(add_constant(10), add_constant(-10));
  EXPECT_THAT(run(b, {to_bytes<std::uint8_t>({1}), to_bytes<std::int32_t>({1, 2})}), ElementsAre(11, 12));
  EXPECT_THAT(run(b, {to_bytes<std::uint8_t>({0}), to_bytes<std::int32_t>({1, 2})}), ElementsAre(-9, -8));
}

TEST(ControlFlow, AConditionThatIsNoBoolIsRefused) {
  const auto model = if_of(add_constant(10), add_constant(-10)).read();
  Session session = Session::prepare(model, find_profile(kProfile).value(), {}).value();
  const auto two = to_bytes<std::uint8_t>({2});
  EXPECT_THAT(session.set_input(0, {&session.input_spec(0), two}).error().message,
              HasSubstr("has 2 as element 0 of BOOL, expected 0 or 1"));
}

TEST(ControlFlow, AWhileGoesOnAsLongAsItsConditionHolds) {
  const ModelBuilder b = while_of(less_than(100), add_constant(7, {1}));
  EXPECT_THAT(run(b, {to_bytes<std::int32_t>({1})}), ElementsAre(106));
  EXPECT_THAT(run(b, {to_bytes<std::int32_t>({100})}), ElementsAre(100)) << "no iteration";
}

TEST(ControlFlow, ALoopWithoutEndEndsTheRun) {
  SessionOptions options;
  options.most_iterations = 50;
  const auto model = while_of(less_than(100), add_constant(0, {1})).read();
  Session session = Session::prepare(model, find_profile(kProfile).value(), options).value();
  const auto one = to_bytes<std::int32_t>({1});
  ASSERT_TRUE(session.set_input(0, {&session.input_spec(0), one}));
  const Status ran = session.run();
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().message, "built.tflite: op 0 WHILE: its condition still holds after 50 iterations");
}

TEST(ControlFlow, ARefusalNamesTheOpInTheSubgraph) {
  ModelBuilder body = add_constant(1, {1});
  body.graph().nodes[0].op = "RFFT2D";
  body.graph().nodes[0].inputs.resize(1);
  EXPECT_THAT(refusal(while_of(less_than(9), body)), HasSubstr("op 0 WHILE: subgraph 2 op 0 RFFT2D: "));
}

TEST(ControlFlow, BranchesMakeTheSameShapes) {
  ModelBuilder other;
  const int x = other.tensor("x", DType::kInt32, {2}), y = other.tensor("y", DType::kInt32, {1, 2});
  other.op("RESHAPE", {x, other.constant<std::int32_t>("shape", {2}, {1, 2})}, {y});
  other.inputs({x}), other.outputs({y});
  EXPECT_THAT(refusal(if_of(add_constant(1), other)),
              HasSubstr("the branch for false makes output 0 int32 [1,2], expected int32 [2]"));
}

TEST(ControlFlow, AGraphThatRunsItselfIsRefused) {
  ModelBuilder b = while_of(less_than(9), add_constant(1, {1}));
  Graph& body = b.model().graphs[2];
  body.nodes[0] = b.graph().nodes[0];
  body.nodes[0].inputs = {0};
  body.nodes[0].outputs = {1};
  EXPECT_THAT(refusal(b), HasSubstr("subgraph 2 runs itself"));
}

TEST(ControlFlow, AWrongIndexIsNamed) {
  ModelBuilder b = while_of(less_than(9), add_constant(1, {1}));
  b.graph().nodes[0].attributes = {{"cond_subgraph_index", std::int64_t{1}}, {"body_subgraph_index", std::int64_t{3}}};
  EXPECT_THAT(refusal(b), HasSubstr("body_subgraph_index is 3, expected the index of a subgraph, 1 to 2"));
}

/// A tie inside a branch is rounded by the profile's own rule.
TEST(ControlFlow, TheOpsInsideFollowTheProfile) {
  const auto quantize = [] {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt8, {2}, 0.5F), y = b.tensor("y", DType::kInt8, {2}, 1);
    b.op("QUANTIZE", {x}, {y});
    b.inputs({x}), b.outputs({y});
    return b;
  };
  ModelBuilder b;
  const int c = b.tensor("c", DType::kBool, {1}), x = b.tensor("x", DType::kInt8, {2}, 0.5F);
  const int y = b.tensor("y", DType::kInt8, {2}, 1);
  b.op("IF", {c, x}, {y}, {{"then_subgraph_index", std::int64_t{1}}, {"else_subgraph_index", std::int64_t{2}}});
  b.inputs({c, x}), b.outputs({y});
  add_subgraph(b, quantize());
  add_subgraph(b, quantize());
  const auto codes = [&](const char* profile) {
    return from_bytes<std::int8_t>(run_model(b.read(), find_profile(profile).value(),
                                             {to_bytes<std::uint8_t>({1}), to_bytes<std::int8_t>({5, -5})},
                                             available_isas().front())[0]);
  };
  EXPECT_THAT(codes("tflite-2.14-x86-ref"), ElementsAre(3, -2));
  EXPECT_THAT(codes("vip-v8"), ElementsAre(2, -2));
  const auto c0 = Session::coverage(*b.read(), find_profile("vip-v8").value()).value().at(0);
  EXPECT_EQ(c0.unsupported, "");
  EXPECT_EQ(c0.evidence.confidence, find_profile("vip-v8")->evidence_of(c0.evidence.family).confidence);
}

}  // namespace
}  // namespace nputwin::test::control_flow_test
