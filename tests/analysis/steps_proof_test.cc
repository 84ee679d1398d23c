// The inner steps of recurrent ops: whether two lists of functions are equal.

#include "analysis/prove/steps_proof.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "session/session.h"
#include "support/paths.h"

namespace nputwin::steps_proof_test {
namespace {

InnerStep halving(std::string name, bool rises, std::int64_t highest, std::int64_t odd_one) {
  return {std::move(name), -100, highest,
          rises,           0.5,  [odd_one](std::int64_t n) { return n == odd_one ? n / 2 + 1 : (n + 200) / 2 - 100; }};
}

TEST(ProveSteps, OneArgumentIsEnough) {
  for (const bool rises : {true, false}) {
    const std::vector<InnerStep> a{halving("first", rises, 1000, 5000), halving("second", rises, 1000, 5000)};
    const auto same = prove_steps(a, a);
    ASSERT_TRUE(same);
    EXPECT_TRUE(same->unequal.empty());
    EXPECT_EQ(same->arguments, 2 * 1101);
    const std::vector<InnerStep> b{halving("first", rises, 1000, 5000), halving("second", rises, 1000, 999)};
    const auto other = prove_steps(a, b);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->unequal, std::vector<std::string>{"second"});
  }
}

TEST(ProveSteps, OnlyTheSameStepsAreCompared) {
  const std::vector<InnerStep> a{halving("first", true, 1000, 5000)};
  EXPECT_FALSE(prove_steps({}, {}));
  EXPECT_FALSE(prove_steps(a, {}));
  EXPECT_FALSE(prove_steps(a, {halving("other", true, 1000, 5000)}));
  EXPECT_FALSE(prove_steps(a, {halving("first", true, 999, 5000)}));
}

TEST(ProveSteps, TooManyOfAFunctionThatMayFallAreNotEqual) {
  const std::int64_t far = std::int64_t{1} << 30;
  const std::vector<InnerStep> a{halving("first", false, far, 2 * far)};
  EXPECT_EQ(prove_steps(a, a)->unequal, std::vector<std::string>{"first"});
}

/// Recurrent kernels say their steps, and these stay inside what their registers hold.
TEST(ProveSteps, OfSvdf) {
  const auto model = read_tflite(source_path("tests/vectors/directed/svdf_state_i8.tflite")).value();
  Session session = Session::prepare(model, find_profile("tflite-micro").value(), {}).value();
  std::size_t with_steps = 0;
  for (std::size_t node = 0; node < session.graph().nodes.size(); ++node) {
    const Kernel* kernel = session.kernel(node);
    if (kernel == nullptr) continue;
    const auto steps = kernel->steps(session.context(node));
    for (const InnerStep& step : steps) {
      ++with_steps;
      EXPECT_LT(step.lowest, step.highest);
      for (std::int64_t n = step.lowest; step.rises && n < step.highest; n += 1 + (step.highest - step.lowest) / 10000)
        EXPECT_LE(step.value(n), step.value(n + 1)) << step.name << " of " << n;
    }
    EXPECT_TRUE(prove_steps(steps, steps)->unequal.empty());
  }
  EXPECT_GE(with_steps, 2U);
}

/// What sums can be follows from the weights, so weights that come in leave nothing to compare.
TEST(ProveSteps, OfSvdfWithWeightsThatComeIn) {
  auto model =
      std::make_shared<Model>(*read_tflite(source_path("tests/vectors/directed/svdf_state_i8.tflite")).value());
  Graph& graph = model->graphs[0];
  const auto svdf = std::ranges::find(graph.nodes, "SVDF", &Node::op);
  ASSERT_NE(svdf, graph.nodes.end());
  constexpr std::size_t kFeatureWeights = 1;
  const int weights = svdf->inputs[kFeatureWeights];
  graph.tensors[static_cast<std::size_t>(weights)].constant.reset();
  graph.inputs.push_back(weights);
  auto session = Session::prepare(model, find_profile("tflite-micro").value(), {});
  ASSERT_TRUE(session) << session.error().message;
  const NodeId node = static_cast<std::size_t>(svdf - graph.nodes.begin());
  EXPECT_TRUE(session->kernel(node)->steps(session->context(node)).empty());
}

}  // namespace
}  // namespace nputwin::steps_proof_test
