#include "analysis/explain/explain.h"

#include <gmock/gmock.h>

#include "io/tflite/reader.h"
#include "model/one_op_model.h"
#include "profile/profile.h"
#include "sides/input_source.h"
#include "support/paths.h"

namespace nputwin::explain_test {
namespace {

Sample noise_for(const Session& session) {
  std::vector<TensorSpec> specs;
  for (std::size_t k = 0; k < session.graph().inputs.size(); ++k) specs.push_back(session.input_spec(k));
  const std::vector<InputArgument> source{"noise:1"};
  return make_inputs(specs, source).value().sample(0).value();
}

/// Every op of a model: the products add up to the sum, and the sum's last step is the code that the session computed.
void expect_whole(const std::string& path, std::string_view profile) {
  SCOPED_TRACE(path);
  const auto model = read_tflite(path).value();
  Session session = Session::prepare(model, find_profile(profile).value(), {}).value();
  const Sample inputs = noise_for(session);
  for (std::size_t node = 0; node < model->main().nodes.size(); ++node) {
    const std::int64_t elements = session.node_outputs(node)[0].spec->elements();
    for (const std::int64_t element : {std::int64_t{0}, elements / 2, elements - 1}) {
      const auto explained = explain(session, nullptr, inputs, node, 0, element);
      ASSERT_TRUE(explained) << explained.error().message;
      const auto& side = explained->sides[0];
      EXPECT_EQ(side.code, side.end_to_end);
      if (!side.step) continue;
      std::int64_t sum = explained->bias;
      for (const auto& p : explained->products) sum += p.value();
      EXPECT_EQ(sum, side.sum) << "op " << node;
      EXPECT_EQ(side.step->code(side.sum), side.code) << "op " << node;
    }
  }
}

TEST(Explain, TheSumIsWhole) {
  expect_whole(source_path("models/digits_embed20_i8.tflite"), "tflite-2.9.1-arm64-builtin");
  for (const char* directed : {"conv_i8", "depthwise_i8", "depthwise_u8", "fully_connected_i8", "transpose_conv_i8",
                               "transpose_conv_u8", "batch_matmul"})
    expect_whole(source_path("tests/vectors/directed/") + directed + ".tflite", "tflite-2.9.1-arm64-builtin");
}

TEST(Explain, AnOpWithoutSumShowsItsOperands) {
  OneOpModel op("ADD");
  op.input({"x", DType::kInt8, {2, 3}, {{1}, {1}, 0}});
  op.input({"y", DType::kInt8, {2, 3}, {{0.5F}, {0}, 0}});
  op.attribute("fused_activation_function", std::int64_t{0});
  const auto model = op.output(DType::kInt8, {{2}, {0}, 0});
  Session session = Session::prepare(model, find_profile("vip-v8").value(), {}).value();
  const auto explained = explain(session, nullptr, noise_for(session), 0, 0, 4).value();
  EXPECT_THAT(explained.index, testing::ElementsAre(1, 1));
  ASSERT_EQ(explained.operands.size(), 2U);
  EXPECT_EQ(explained.operands[0].real, explained.operands[0].code - 1);
  EXPECT_EQ(explained.operands[1].real, explained.operands[1].code / 2);
  EXPECT_FALSE(explained.sides[0].step);
}

TEST(Explain, Indices) {
  EXPECT_THAT(unflatten({2, 3, 4}, 23), testing::ElementsAre(1, 2, 3));
  EXPECT_EQ(flatten({2, 3, 4}, std::vector<std::int64_t>{1, 2, 3}).value(), 23);
  EXPECT_FALSE(flatten({2, 3, 4}, std::vector<std::int64_t>{1, 3, 3}));
  EXPECT_FALSE(flatten({2, 3, 4}, std::vector<std::int64_t>{1, 2}));
  EXPECT_TRUE(unflatten({}, 0).empty());
}

}  // namespace
}  // namespace nputwin::explain_test
