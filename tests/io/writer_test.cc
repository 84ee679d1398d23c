#include "io/tflite/writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <iostream>

#include "analysis/probe/sample_models.h"
#include "io/tflite/reader.h"
#include "support/file_tables.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace nputwin::test::writer_test {
namespace {

using ::testing::HasSubstr;

Result<std::shared_ptr<const Model>> parse(const std::vector<std::byte>& file) {
  return parse_tflite(std::make_shared<Blob>(Bytes(file)), "written.tflite");
}

void expect_same(const ModelTensor& a, const ModelTensor& b) {
  EXPECT_EQ(a.spec.name, b.spec.name);
  EXPECT_EQ(a.spec.type, b.spec.type);
  EXPECT_EQ(a.spec.shape, b.spec.shape);
  EXPECT_EQ(a.spec.quantization, b.spec.quantization);
  EXPECT_EQ(a.variable, b.variable);
  EXPECT_EQ(a.packed_bits, b.packed_bits);
  EXPECT_EQ(a.shape_declared, b.shape_declared);
  EXPECT_EQ(a.unsupported, b.unsupported);
  ASSERT_EQ(a.constant.has_value(), b.constant.has_value());
  if (a.constant) {
    EXPECT_TRUE(std::ranges::equal(*a.constant, *b.constant));
  }
}

void expect_same(const Node& a, const Node& b) {
  EXPECT_EQ(a.op, b.op);
  EXPECT_EQ(a.version, b.version);
  EXPECT_EQ(a.custom, b.custom);
  EXPECT_EQ(a.attributes.all(), b.attributes.all());
  EXPECT_TRUE(std::ranges::equal(a.custom_options, b.custom_options));
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.outputs, b.outputs);
  EXPECT_EQ(a.intermediates, b.intermediates);
}

void expect_same(const Model& a, const Model& b) {
  EXPECT_EQ(a.description, b.description);
  ASSERT_EQ(a.graphs.size(), b.graphs.size());
  for (std::size_t g = 0; g < a.graphs.size(); ++g) {
    const Graph &x = a.graphs[g], &y = b.graphs[g];
    EXPECT_EQ(x.name, y.name);
    EXPECT_EQ(x.inputs, y.inputs);
    EXPECT_EQ(x.outputs, y.outputs);
    ASSERT_EQ(x.tensors.size(), y.tensors.size());
    for (std::size_t t = 0; t < x.tensors.size(); ++t) {
      SCOPED_TRACE(fmt::format("subgraph {} tensor {}", g, t));
      expect_same(x.tensors[t], y.tensors[t]);
    }
    ASSERT_EQ(x.nodes.size(), y.nodes.size());
    for (std::size_t i = 0; i < x.nodes.size(); ++i) {
      SCOPED_TRACE(fmt::format("subgraph {} op {}", g, i));
      expect_same(x.nodes[i], y.nodes[i]);
    }
  }
}

/// What came of the models of a folder.
struct RoundTrips {
  int same = 0;
  std::vector<std::string> refused;
};

void round_trip(const std::filesystem::path& folder, RoundTrips& trips) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".tflite") continue;
    SCOPED_TRACE(entry.path().string());
    const auto model = read_tflite(entry.path().string());
    if (!model) continue;  // what cannot be read has its own tests
    const auto file = write_tflite(**model);
    if (!file) {
      EXPECT_THAT(file.error().message, HasSubstr("cannot be written"));
      trips.refused.push_back(file.error().message);
      continue;
    }
    const auto again = parse(*file);
    ASSERT_TRUE(again) << again.error().message;
    expect_same(**model, **again);
    ++trips.same;
  }
}

TEST(WriteTflite, WhatIsWrittenReadsAsTheSameModel) {
  RoundTrips trips;
  round_trip(source_path("models"), trips);
  round_trip(source_path("tests/vectors/directed"), trips);
  EXPECT_GT(trips.same, 120);
  EXPECT_LE(trips.refused.size(), 13U) << ::testing::PrintToString(trips.refused);
}

TEST(WriteTflite, PublicModelsReadAsTheSame) {
  const std::string corpus = shared_path("corpus/models");
  if (!std::filesystem::exists(corpus)) GTEST_SKIP() << corpus << " is not there";
  RoundTrips trips;
  round_trip(corpus, trips);
  EXPECT_GT(trips.same, 40);
  std::cout << trips.same << " models read as the same; refused:\n";
  for (const std::string& reason : trips.refused) std::cout << "  " << reason << "\n";
}

TEST(WriteTflite, ModelsOfOneOpAreFiles) {
  Engine engine(1);
  for (const SampleOp& sample : sample_ops()) {
    const auto model = sample.make(sample.op, sample.type, engine);
    const auto file = write_tflite(*model);
    ASSERT_TRUE(file) << file.error().message;
    const auto again = parse(*file);
    ASSERT_TRUE(again) << again.error().message;
    const Graph &a = model->main(), &b = (*again)->main();
    ASSERT_EQ(a.tensors.size(), b.tensors.size());
    for (std::size_t t = 0; t < a.tensors.size(); ++t) {
      ModelTensor tensor = a.tensors[t];
      tensor.shape_declared = !tensor.spec.shape.empty();  // the output's shape follows from the op
      expect_same(tensor, b.tensors[t]);
    }
    EXPECT_EQ(a.nodes[0].inputs, b.nodes[0].inputs);
    for (auto [name, value] : a.nodes[0].attributes.all()) {
      if (const auto* real = std::get_if<double>(&value))
        value = double{static_cast<float>(*real)};  // as files have it
      EXPECT_THAT(b.nodes[0].attributes.all(), ::testing::Contains(::testing::Pair(name, value))) << sample.op;
    }
  }
}

/// Two subgraphs; a state; an operator beyond 127; two versions of one op; custom options; an intermediate.
ModelBuilder everything() {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 4}, 0.5F, -3), y = b.tensor("y", DType::kInt8, {1, 4}, 0.5F, -3),
            z = b.tensor("z", DType::kInt8, {1, 4}, 0.25F, 1), u = b.tensor("u", DType::kInt8, {1, 4}, 0.25F, 1),
            v = b.tensor("v", DType::kInt8, {1, 4}, 0.25F, 1);
  const int state = b.tensor("state", DType::kInt16, {1, 4}, 0.125F, 0);
  b.graph().tensors.back().variable = true;
  const int inner = b.tensor("inner", DType::kInt16, {}, 0.75F, 0);
  b.op("GELU", {x}, {y}, {{"approximate", true}});
  b.op("RELU", {y}, {z});
  b.op("RELU", {z}, {u});
  b.graph().nodes.back().version = 2;
  b.custom_op("Mine", {u, -1, state}, {v}, {1, 2, 3});
  b.graph().nodes.back().intermediates = {inner};
  b.inputs({x}), b.outputs({v});
  b.model().description = "all of it";
  b.graph().name = "main";
  Graph& body = b.model().graphs.emplace_back();
  body.name = "body";
  body.tensors = {b.model().graphs[0].tensors[0], b.model().graphs[0].tensors[1]};
  body.nodes.resize(1);
  body.nodes[0].op = "RELU";
  body.nodes[0].inputs = body.inputs = {0};
  body.nodes[0].outputs = body.outputs = {1};
  return b;
}

TEST(WriteTflite, WritesAllThatAModelHolds) {
  ModelBuilder b = everything();
  const auto model = b.read();
  ASSERT_NE(model, nullptr);
  ASSERT_EQ(model->graphs.size(), 2U);
  EXPECT_EQ(model->graphs[1].name, "body");
  const Graph& graph = model->main();
  EXPECT_EQ(graph.nodes[0].op, "GELU");
  EXPECT_EQ(graph.nodes[0].attributes.integer("approximate"), 1);
  EXPECT_EQ(graph.nodes[1].version, 1);
  EXPECT_EQ(graph.nodes[2].version, 2);
  const Node& custom = graph.nodes[3];
  EXPECT_TRUE(custom.custom);
  EXPECT_EQ(custom.op, "Mine");
  EXPECT_EQ(custom.inputs, (std::vector<int>{3, -1, 5}));
  EXPECT_EQ(custom.intermediates, (std::vector<int>{6}));
  EXPECT_EQ(custom.custom_options.size(), 3U);
  EXPECT_TRUE(graph.tensors[5].variable);
  expect_same(*model, *parse(write_tflite(*model).value()).value());

  FileTables file(b.bytes());
  ASSERT_EQ(file.model().operator_codes.size(), 4U) << "GELU, two versions of RELU, Mine";
  EXPECT_EQ(file.model().operator_codes[0]->deprecated_builtin_code, 127);
  EXPECT_EQ(static_cast<int>(file.model().operator_codes[0]->builtin_code), 150);
  EXPECT_EQ(file.model().operator_codes[1]->deprecated_builtin_code, 19);
}

TEST(WriteTflite, QuantizationByChannelAndPackedCodes) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 3}, 0.5F, 0), y = b.tensor("y", DType::kInt8, {1, 2}, 0.5F, 0);
  const int w = b.constant<std::int8_t>("w", {2, 3}, {-8, 7, 1, -1, 0, 2}, {{0.5F, 0.25F}, {0, 0}, 0});
  b.graph().tensors.back().packed_bits = 4;
  b.op("FULLY_CONNECTED", {x, w}, {y}, {{"keep_num_dims", true}});
  b.inputs({x}), b.outputs({y});
  FileTables file(b.bytes());
  EXPECT_EQ(file.model().buffers[1]->data, (std::vector<std::uint8_t>{0x78, 0xF1, 0x20}));
  const auto model = b.read();
  EXPECT_EQ(model->main().spec(w).quantization, (Quantization{{0.5F, 0.25F}, {0, 0}, 0}));
  EXPECT_EQ(model->main().tensor(w).packed_bits, 4);
  EXPECT_EQ(static_cast<std::int8_t>((*model->main().tensor(w).constant)[0]), -8);

  b.graph().tensors[static_cast<std::size_t>(w)].packed_bits = 2;
  const auto refused = write_tflite(b.model());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "built.tflite: subgraph 0: tensor 2 'w': holds -8, expected a code of 2 bits, -2 to 1");
}

TEST(WriteTflite, ConstantsThatShareMemoryShareABuffer) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt32, {2});
  const int one = b.constant<std::int32_t>("one", {2}, {1, 2});
  b.graph().tensors.push_back(b.graph().tensors.back());
  const int y = b.tensor("y", DType::kInt32, {2}), z = b.tensor("z", DType::kInt32, {2});
  b.op("ADD", {x, one}, {y});
  b.op("ADD", {y, one + 1}, {z});
  b.inputs({x}), b.outputs({z});
  FileTables file(b.bytes());
  EXPECT_EQ(file.model().buffers.size(), 2U) << "the empty one and the constant";
  EXPECT_EQ(file.graph().tensors[2]->buffer, 1U);
}

std::string refusal(const std::function<void(ModelBuilder&)>& spoil) {
  ModelBuilder b = everything();
  spoil(b);
  const auto file = write_tflite(b.model());
  return file ? "written" : file.error().message;
}

TEST(WriteTflite, RefusesWhatItCannotWrite) {
  EXPECT_EQ(refusal([](ModelBuilder&) {}), "written");
  EXPECT_EQ(refusal([](ModelBuilder& b) { b.graph().nodes[0].attributes.set("aproximate", 1); }),
            "built.tflite: subgraph 0: op 0 GELU: has attribute 'aproximate', which is none of GeluOptions");
  EXPECT_EQ(refusal([](ModelBuilder& b) {
              b.graph().nodes[0].attributes = {{"approximate", 2}};
            }),
            "built.tflite: subgraph 0: op 0 GELU: attribute 'approximate' is 2, which its field does not hold");
  EXPECT_EQ(refusal([](ModelBuilder& b) {
              b.graph().nodes[0].attributes = {{"approximate", 1.0}};
            }),
            "built.tflite: subgraph 0: op 0 GELU: attribute 'approximate' holds no integer, expected one");
  EXPECT_EQ(
      refusal([](ModelBuilder& b) { b.graph().nodes[1].attributes.set("beta", 1.0); }),
      "built.tflite: subgraph 0: op 1 RELU: has attribute 'beta', but the schema here knows no attributes of RELU");
  EXPECT_THAT(refusal([](ModelBuilder& b) { b.graph().nodes[1].op = "operator 999"; }), HasSubstr("is no operator"));
  EXPECT_THAT(refusal([](ModelBuilder& b) { b.graph().nodes[1].complete = false; }),
              HasSubstr("op 1 RELU: has options"));
  EXPECT_THAT(refusal([](ModelBuilder& b) { b.graph().nodes[1].inputs = {4}; }),
              HasSubstr("which nothing before it makes"));
  EXPECT_THAT(refusal([](ModelBuilder& b) { b.graph().tensors[1].unsupported = "is stored as a sparse matrix"; }),
              HasSubstr("tensor 1 'y': is stored as a sparse matrix, and cannot be written"));
  EXPECT_THAT(refusal([](ModelBuilder& b) { b.constant<std::int8_t>("short", {3}, {1}); }),
              HasSubstr("tensor 7 'short': is int8 [3], but its constant has 1 bytes"));
  EXPECT_THAT(refusal([](ModelBuilder& b) { b.constant<std::int8_t>("none", {3}, {}); }),
              HasSubstr("tensor 7 'none': is int8 [3], but its constant has 0 bytes"));
}

/// Options of another op's kind, as of an op whose options the schema does not have.
TEST(WriteTflite, OptionsThatAreNotKnownAreNotLost) {
  const auto model = read_tflite(source_path("models/digits_embed20_i8.tflite")).value();
  const auto file = write_tflite(*model).value();
  std::vector<std::byte> strange = file;
  auto* op = reinterpret_cast<flatbuffers::Table*>(
      const_cast<schema::Operator*>(schema::GetModel(strange.data())->subgraphs()->Get(0)->operators()->Get(0)));
  *const_cast<std::uint8_t*>(op->GetAddressOf(schema::Operator::VT_BUILTIN_OPTIONS_TYPE)) = 200;
  const auto read = parse(strange);
  ASSERT_TRUE(read) << read.error().message;
  const auto again = write_tflite(**read);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message, HasSubstr("written.tflite: subgraph 0: op 0"));
}

}  // namespace
}  // namespace nputwin::test::writer_test
