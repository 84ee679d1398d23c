// What a node of B makes of A's inputs is the same whether the two share an accumulation or not.

#include "session/isolated_step.h"

#include <gtest/gtest.h>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "sides/input_source.h"
#include "support/paths.h"
#include "support/random_model.h"

namespace nputwin::test::isolated_step_test {
namespace {

struct Pair {
  Session a, b;
};

Pair prepare(const RandomModel& r, const char* a, const char* b) {
  auto of_a = Session::prepare(r.model, *find_profile(a), {}), of_b = Session::prepare(r.model, *find_profile(b), {});
  EXPECT_TRUE(of_a && of_b) << r.description;
  return {std::move(*of_a), std::move(*of_b)};
}

void set_input(Session& session, const RandomModel& r) {
  ASSERT_TRUE(session.set_input(0, {&session.input_spec(0), r.inputs[0]}));
}

/// Whether the two shared the sums.
bool compare(const RandomModel& r, const char* name_a, const char* name_b) {
  Pair p = prepare(r, name_a, name_b);
  set_input(p.a, r), set_input(p.b, r);
  EXPECT_TRUE(p.a.step(0));
  EXPECT_TRUE(p.b.step(0));
  const auto bytes = [](const TensorView& view) { return std::vector(view.bytes.begin(), view.bytes.end()); };
  const auto from_a = bytes(p.a.node_outputs(0)[0]), from_b = bytes(p.b.node_outputs(0)[0]);
  set_input(p.a, r);
  IsolatedStep step(p.a, p.b);
  std::vector<std::byte> isolated(from_b.size());
  const MutableTensorView view{p.b.node_outputs(0)[0].spec, isolated};
  EXPECT_TRUE(step.run(0, {&view, 1}));
  EXPECT_EQ(bytes(p.a.node_outputs(0)[0]), from_a) << r.description;
  EXPECT_EQ(isolated, from_b) << r.description << " " << name_a << " " << name_b;
  return step.shares_sums(0);
}

TEST(IsolatedStep, SharesSumsWhereOnlyTheEpilogueDiffers) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    EXPECT_TRUE(compare(random_conv_2d(seed), "tflite-2.14-x86-ref", "vip-v8")) << seed;
    EXPECT_TRUE(compare(random_depthwise_conv_2d(seed), "tflite-2.14-x86", "vip-v8")) << seed;
  }
}

/// Mesa's driver gives weights one scale, so that its sums are others where they have a scale for each channel.
TEST(IsolatedStep, SharesNoneWhereTheWeightsDiffer) {
  int shared = 0, apart = 0;
  for (std::uint32_t seed = 0; seed < 40; ++seed)
    ++(compare(random_conv_2d(seed), "tflite-2.14-x86-ref", "mesa-etnaviv-v8") ? shared : apart);
  EXPECT_GT(shared, 0);
  EXPECT_GT(apart, 0);
}

TEST(IsolatedStep, RunsOpsWithoutSumsOfProductsTwice) {
  for (std::uint32_t seed = 0; seed < 10; ++seed)
    EXPECT_FALSE(compare(random_max_pool_2d(seed), "tflite-2.14-x86-ref", "vip-v8")) << seed;
}

/// From the first op on, with B's own step where its inputs are A's.
int equal_steps(const char* name_a, const char* name_b) {
  const auto model = read_tflite(source_path("models/digits_embed20_i8.tflite")).value();
  const auto session = [&](const char* name) { return Session::prepare(model, *find_profile(name), {}).value(); };
  Session a = session(name_a), b = session(name_b), alone_a = session(name_a), alone_b = session(name_b);
  const std::vector<TensorSpec> specs{a.input_spec(0)};
  const std::vector<InputArgument> source{"noise:1..2"};
  const InputSet inputs = make_inputs(specs, source).value();
  IsolatedStep step(a, b);
  int equal = 0;
  for (const std::size_t sample : {0U, 1U}) {
    for (Session* s : {&a, &b, &alone_a, &alone_b}) {
      EXPECT_TRUE(s->set_inputs(inputs.sample(sample).value()));
      s->reset_state();
    }
    step.begin();
    for (std::size_t node = 0; node < a.graph().nodes.size(); ++node) {
      EXPECT_TRUE(alone_a.step(node));
      EXPECT_TRUE(alone_b.step(node));
      if (step.inputs_are_equal(node)) {
        ++equal;
        EXPECT_TRUE(step.step_both(node));
      } else {
        std::vector<std::byte> isolated(b.node_outputs(node)[0].bytes.size());
        const MutableTensorView view{b.node_outputs(node)[0].spec, isolated};
        EXPECT_TRUE(step.run(node, {&view, 1}));
        EXPECT_TRUE(b.step(node));
      }
      step.compare(node);
      EXPECT_TRUE(std::ranges::equal(a.node_outputs(node)[0].bytes, alone_a.node_outputs(node)[0].bytes)) << node;
      EXPECT_TRUE(std::ranges::equal(b.node_outputs(node)[0].bytes, alone_b.node_outputs(node)[0].bytes)) << node;
    }
  }
  return equal;
}

TEST(IsolatedStep, BothAtOnceWhileTheInputsAreEqual) {
  EXPECT_EQ(equal_steps("tflite-2.9.1-arm64", "tflite-2.9.1-arm64"), 40);
  const int equal = equal_steps("tflite-2.9.1-arm64", "vip-v8");
  EXPECT_GE(equal, 2);
  EXPECT_LT(equal, 40);
}

}  // namespace
}  // namespace nputwin::test::isolated_step_test
