// Ops that are written in another way so that they can be hardened: layers with constants of their own, with a bias,
// averages as layers.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/harden/averages.h"
#include "analysis/harden/own_constants.h"
#include "profile/profile.h"
#include "support/harden_models.h"

namespace nputwin::harden_ops_test {
namespace {

/// Two layers, one behind the other, with the same weights and, unless it is their own, the same bias.
test::ModelBuilder shared_layers(bool own_bias = false) {
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, {1, 4}, 0.05F, 3);
  std::vector<std::int8_t> values;
  for (int i = 0; i < 16; ++i) values.push_back(static_cast<std::int8_t>(i * 37 % 255 - 127));
  const int w = builder.constant<std::int8_t>("w", {4, 4}, values, {{0.0041F}, {0}, 0});
  const std::vector<std::int32_t> bias{1000, -2000, 300, 4000};
  const int b = builder.constant("b", {4}, bias, {{0.0041F * 0.05F}, {0}, 0});
  const int c = own_bias ? builder.constant("c", {4}, bias, {{0.0041F * 0.0517F}, {0}, 0}) : b;
  const int y = builder.tensor("y", DType::kInt8, {1, 4}, 0.0517F, -7);
  const int z = builder.tensor("z", DType::kInt8, {1, 4}, 0.0533F, 11);
  builder.op("FULLY_CONNECTED", {x, w, b}, {y});
  builder.op("FULLY_CONNECTED", {y, w, c}, {z});
  builder.inputs({x});
  builder.outputs({z});
  return builder;
}

TEST(HardenShared, EachLayerGetsItsOwnConstants) {
  const std::string text = shared_layers().bytes();
  const auto blob = std::make_shared<Blob>(std::as_bytes(std::span(text)));
  const auto model = parse_tflite(blob, "shared").value();
  const auto settings = test::harden_settings({"vip-v8", "tflite-2.9.1-arm64"});
  // As they are, both are left.
  const auto left = harden(model, settings).value();
  ASSERT_EQ(left.layers.size(), 2U);
  for (const auto& [node, layer] : left.layers) EXPECT_NE(layer.left, "");
  EXPECT_TRUE(left.changes.empty());
  // With constants of their own both are hardened, and compute what they did, but for rounding.
  const auto own = change_ops(blob->bytes(), own_constants(model->main())).value();
  const auto apart = parse_tflite(std::make_shared<Blob>(Bytes(own)), "apart").value();
  EXPECT_EQ(apart->main().nodes[0].inputs, model->main().nodes[0].inputs);
  EXPECT_NE(apart->main().nodes[1].inputs[1], model->main().nodes[1].inputs[1]);
  const auto hardening = harden(apart, settings).value();
  for (const auto& [node, layer] : hardening.layers) EXPECT_EQ(layer.left, "");
  const auto bytes = change_tensors(own, *apart, hardening.changes).value();
  const auto after = parse_tflite(std::make_shared<Blob>(Bytes(bytes)), "after").value();
  for (const std::vector<std::int8_t>& input : {std::vector<std::int8_t>{1, -40, 90, 7}, {-128, 127, 0, 64}}) {
    const auto run = [&](const auto& m, const char* profile) {
      return test::from_bytes<std::int8_t>(
          test::run_model(m, find_profile(profile).value(), {test::to_bytes(input)}, {})[0]);
    };
    const auto before = run(model, "vip-v8"), hardened = run(after, "vip-v8");
    EXPECT_EQ(hardened, run(after, "tflite-2.9.1-arm64"));
    for (std::size_t i = 0; i < before.size(); ++i) EXPECT_LE(std::abs(before[i] - hardened[i]), 4);
  }
}

TEST(HardenShared, ALayerThatIsLeftKeepsItsNumbers) {
  // The input's scale is given, and the layer cannot be changed, as another op reads its weights.
  const auto model = shared_layers(true).read();
  auto settings = test::harden_settings({"vip-v8", "tflite-2.9.1-arm64"});
  settings.given[model->main().inputs[0]] = 0.1F;
  const auto hardening = harden(model, settings).value();
  EXPECT_NE(hardening.layers[0].second.left, "");
  EXPECT_EQ(hardening.changes.at(model->main().inputs[0]).scale, std::vector<float>{0.1F});
  // Steps that count twice as much, half as many.
  const std::vector<std::byte>& bias = hardening.changes.at(model->main().nodes[0].inputs[2]).constant;
  EXPECT_EQ(test::from_bytes<std::int32_t>(bias), (std::vector<std::int32_t>{500, -1000, 150, 2000}));
}

struct AverageCase {
  std::string op;
  Shape in, out;
  std::vector<std::int32_t> axes;  // of a MEAN
  std::vector<std::string> becomes;
};

std::shared_ptr<const Model> average_model(const AverageCase& c) {
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, c.in, 0.5F, 1);
  const int y = builder.tensor("y", DType::kInt8, c.out, c.op == "MEAN" ? 0.3F : 0.5F, 1);
  if (c.op == "MEAN") {
    const int axes = builder.constant<std::int32_t>("axes", {static_cast<int>(c.axes.size())}, c.axes);
    builder.op(c.op, {x, axes}, {y}, {{"keep_dims", std::int64_t{c.in.size() == c.out.size()}}});
  } else {
    builder.op(c.op, {x}, {y},
               {{"padding", std::int64_t{1}},
                {"filter_height", std::int64_t{2}},
                {"filter_width", std::int64_t{2}},
                {"stride_h", std::int64_t{2}},
                {"stride_w", std::int64_t{2}}});
  }
  builder.inputs({x});
  builder.outputs({y});
  return builder.read();
}

TEST(HardenAverages, AsLayersTheyAreAverages) {
  const std::string layer = "DEPTHWISE_CONV_2D", shape = "RESHAPE";
  const std::vector<AverageCase> cases{
      {"AVERAGE_POOL_2D", {1, 2, 2, 3}, {1, 1, 1, 3}, {}, {layer}},
      {"MEAN", {1, 2, 2, 3}, {1, 3}, {1, -2}, {layer, shape}},
      {"MEAN", {1, 2, 2, 3}, {1, 1, 1, 3}, {2, 1}, {layer}},
      {"MEAN", {1, 2, 3, 2}, {1, 1, 3, 2}, {1}, {layer}},
      {"MEAN", {1, 2, 3, 2}, {1, 2, 2}, {2}, {layer, shape}},
      {"MEAN", {1, 2, 2, 3}, {1, 2, 2}, {-1}, {shape, layer, shape}},
      {"MEAN", {1, 2, 2, 3}, {1, 2}, {2, 3}, {shape, layer, shape}},
      {"MEAN", {1, 4, 3}, {1, 3}, {1}, {shape, layer, shape}},
      {"MEAN", {1, 12}, {1, 1}, {1}, {shape, layer, shape}},
      {"MEAN", {1, 2, 2, 3}, {1, 1, 1, 3}, {1, 2, 1}, {layer}},  // an axis twice
      {"MEAN", {2, 3, 2}, {2, 2}, {1}, {shape, layer, shape}},
  };
  const std::vector<std::vector<std::int8_t>> inputs{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 120},
                                                     {-128, 127, 0, -3, -3, 1, 5, 5, 5, 6, 7, -99}};
  for (const AverageCase& c : cases) {
    SCOPED_TRACE(fmt::format("case {}", &c - cases.data()));
    const auto model = average_model(c);
    ASSERT_EQ(no_layer_of_average(model->main(), 0), "");
    const auto blob = model->storage.front();
    const auto bytes = change_ops(blob->bytes(), averages_as_layers(model->main(), {0}));
    ASSERT_TRUE(bytes) << bytes.error().message;
    const auto changed = parse_tflite(std::make_shared<Blob>(Bytes(*bytes)), c.op);
    ASSERT_TRUE(changed) << changed.error().message;
    std::vector<std::string> ops;
    for (const Node& node : (*changed)->main().nodes) ops.push_back(node.op);
    EXPECT_EQ(ops, c.becomes);
    const Profile profile = find_profile("vip-v8").value();
    for (const auto& input : inputs) {
      const auto before =
          test::from_bytes<std::int8_t>(test::run_model(model, profile, {test::to_bytes(input)}, {})[0]);
      const auto after =
          test::from_bytes<std::int8_t>(test::run_model(*changed, profile, {test::to_bytes(input)}, {})[0]);
      ASSERT_EQ(before.size(), after.size());
      for (std::size_t i = 0; i < before.size(); ++i) EXPECT_LE(std::abs(before[i] - after[i]), 1);
    }
  }
}

TEST(HardenAverages, OthersStay) {
  const auto why_not = [](const AverageCase& c) { return no_layer_of_average(average_model(c)->main(), 0); };
  EXPECT_NE(why_not({"MEAN", {1, 2, 2, 3}, {1, 2}, {1, 3}, {}}), "");  // not side by side
  EXPECT_NE(why_not({"MEAN", {4, 3}, {3}, {0}, {}}), "");              // over the batch
  EXPECT_NE(why_not({"AVERAGE_POOL_2D", {}, {}, {}, {}}), "");         // no shape in the file
  EXPECT_NE(why_not({"MEAN", {}, {}, {1, 2}, {}}), "");
}

TEST(HardenAverages, WindowsInThePaddingStay) {
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, {1, 3, 3, 1}, 0.5F, 1);
  const int y = builder.tensor("y", DType::kInt8, {1, 3, 3, 1}, 0.5F, 1);
  builder.op("AVERAGE_POOL_2D", {x}, {y},
             {{"padding", std::int64_t{0}},
              {"filter_height", std::int64_t{2}},
              {"filter_width", std::int64_t{2}},
              {"stride_h", std::int64_t{1}},
              {"stride_w", std::int64_t{1}}});
  builder.inputs({x});
  builder.outputs({y});
  EXPECT_NE(no_layer_of_average(builder.read()->main(), 0), "");
}

TEST(HardenAverages, ManyCodesHaveSmallWeights) {
  // 66 x 66 codes of 8 bits and weights of 126 would leave the integers that binary32 holds.
  const auto model = average_model({"MEAN", {1, 66, 66, 1}, {1, 1, 1, 1}, {1, 2}, {}});
  const auto change = averages_as_layers(model->main(), {0});
  EXPECT_EQ(change.tensors[0].constant[0], std::byte{6});
  EXPECT_FLOAT_EQ(change.tensors[0].spec.scale(), 1.0F / (6 * 66 * 66));
}

TEST(HardenBiases, OfEachKindOfLayer) {
  test::ModelBuilder builder;
  const Quantization by_channel{{0.01F, 0.02F}, {0, 0}, 0};
  const int x = builder.tensor("x", DType::kInt8, {1, 2, 2, 1}, 0.5F, 1);
  const int w = builder.constant<std::int8_t>("w", {2, 1, 1, 1}, {1, 2}, by_channel);
  const int y = builder.tensor("y", DType::kInt8, {1, 2, 2, 2}, 0.5F, 1);
  const int shape = builder.constant<std::int32_t>("shape", {4}, {1, 2, 2, 2});
  const int z = builder.tensor("z", DType::kInt8, {1, 2, 2, 2}, 0.5F, 1);
  const int v = builder.tensor("v", DType::kInt16, {1, 2}, 0.5F, 0),
            u = builder.tensor("u", DType::kInt16, {1, 1}, 0.5F, 0);
  const int t = builder.constant<std::int8_t>("t", {1, 2}, {1, 2}, {{0.01F}, {0}, 0});
  builder.op("CONV_2D", {x, w}, {y});
  builder.op("TRANSPOSE_CONV", {shape, w, x}, {z});
  builder.op("FULLY_CONNECTED", {v, t}, {u});
  const std::vector<std::size_t> all{0, 1, 2};
  const OpChange change = own_biases(builder.graph(), all);
  ASSERT_EQ(change.nodes.size(), 2U);  // a bias of 16-bit layers has 64 bits: they are left alone
  for (const auto& added : change.tensors)
    EXPECT_EQ(added.spec.quantization.scale, (std::vector<float>{0.005F, 0.01F}));
  EXPECT_EQ(change.nodes.at(0)[0].inputs.size(), 3U);
  EXPECT_EQ(change.nodes.at(1)[0].inputs.size(), 4U);
  EXPECT_EQ(change.nodes.at(1)[0].version, 3);
}

TEST(HardenBiases, ALayerWithoutOneGetsOne) {
  // Two roundings and codes below the zero point take even weights, and these a bias.
  test::ModelBuilder builder;
  const int x = builder.tensor("x", DType::kInt8, {1, 8}, 0.02F, 4);
  std::vector<std::int8_t> weights;
  for (int i = 0; i < 24; ++i) weights.push_back(static_cast<std::int8_t>(i * 37 % 255 - 127));
  const int w = builder.constant<std::int8_t>("w", {3, 8}, weights, {{0.01F}, {0}, 0});
  const int y = builder.tensor("y", DType::kInt8, {1, 3}, 0.021F, -2);
  builder.op("FULLY_CONNECTED", {x, w}, {y});
  builder.inputs({x});
  builder.outputs({y});
  const auto file = builder.read();
  const auto settings = test::harden_settings({"vip-v8", "tflite-2.14-arm64-ruy", "litert-2.1-arm64"});
  const auto without = harden(file, settings).value();
  EXPECT_EQ(without.layers[0].second.count(ChannelWay::kFewerSides), 3U);
  const std::vector<std::size_t> nodes{0};
  const auto bytes = change_ops(file->storage.front()->bytes(), own_biases(file->main(), nodes)).value();
  const auto model = parse_tflite(std::make_shared<Blob>(Bytes(bytes)), "with bias").value();
  const Node& node = model->main().nodes[0];
  ASSERT_EQ(node.inputs.size(), 3U);
  const TensorSpec& bias = model->main().spec(node.inputs[2]);
  EXPECT_EQ(bias.shape, Shape{3});
  EXPECT_FLOAT_EQ(bias.scale(), 0.02F * 0.01F);
  EXPECT_TRUE(own_biases(model->main(), nodes).nodes.empty());  // it has one now
  const auto hardening = harden(model, settings).value();
  const LayerOutcome& outcome = hardening.layers[0].second;
  EXPECT_EQ(outcome.count(ChannelWay::kEvenWeights), 3U);
  EXPECT_EQ(outcome.given_up, "");
}

}  // namespace
}  // namespace nputwin::harden_ops_test
