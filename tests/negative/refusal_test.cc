// One test for each way a model can be bad: refused with one line that names the place, nothing allocated
// from it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <random>
#include <set>

#include "io/tflite/reader.h"
#include "profile/profile.h"
#include "support/file_tables.h"
#include "support/model_builder.h"
#include "support/paths.h"

namespace nputwin::test::refusal_test {
namespace {

using ::testing::HasSubstr;

/// A small model in order: QUANTIZE is left out; CONV_2D, RESHAPE, SOFTMAX.
ModelBuilder good() {
  ModelBuilder b;
  const int x = b.tensor("image", DType::kInt8, {1, 4, 4, 2}, 0.1F, -3);
  const int w = b.constant<std::int8_t>("weights", {3, 3, 3, 2}, std::vector<std::int8_t>(54, 1),
                                        {{0.1F, 0.2F, 0.3F}, {0, 0, 0}, 0});
  const int bias = b.constant<std::int32_t>("bias", {3}, {1, 2, 3});
  const int y = b.tensor("features", DType::kInt8, {1, 4, 4, 3}, 0.5F, 1);
  b.op("CONV_2D", {x, w, bias}, {y}, {{"stride_h", 1}, {"stride_w", 1}});
  const int shape = b.constant<std::int32_t>("shape", {2}, {1, 48});
  const int flat = b.tensor("flat", DType::kInt8, {1, 48}, 0.5F, 1);
  b.op("RESHAPE", {y, shape}, {flat});
  const int p = b.tensor("probabilities", DType::kInt8, {1, 48}, 1.0F / 256, -128);
  b.op("SOFTMAX", {flat}, {p}, {{"beta", 1.0}});
  b.inputs({x}), b.outputs({p});
  return b;
}

Status prepare_bytes(const std::string& content) {
  auto model = parse_tflite(std::make_shared<Blob>(std::as_bytes(std::span(content))), "bad.tflite");
  if (!model) return model.error();
  auto session = Session::prepare(*model, find_profile("tflite-2.9.1-arm64").value(), {});
  if (!session) return session.error();
  return {};
}

std::string refusal(const std::function<void(FileTables&)>& spoil) {
  FileTables b(good().bytes());
  spoil(b);
  const Status status = prepare_bytes(b.bytes());
  if (status) return "accepted";
  EXPECT_EQ(status.error().message.find('\n'), std::string::npos) << "more than one line";
  EXPECT_THAT(status.error().message, HasSubstr("bad.tflite: "));
  return status.error().message;
}

schema::TensorT& tensor(FileTables& b, std::size_t t) { return *b.graph().tensors[t]; }
schema::OperatorT& node(FileTables& b, std::size_t i) { return *b.graph().operators[i]; }

TEST(Refusal, TheGoodModelIsGood) { EXPECT_TRUE(prepare_bytes(good().bytes())); }

TEST(Refusal, NotAModel) {
  for (const std::string& content :
       {std::string(), std::string("TFL3"), std::string(4096, 'x'), std::string("\0\0\0\0TFL3", 8)}) {
    const Status s = prepare_bytes(content);
    ASSERT_FALSE(s);
    EXPECT_THAT(s.error().message, HasSubstr("bad.tflite"));
  }
}

TEST(Refusal, EveryTruncation) {
  const std::string content = good().bytes();
  for (std::size_t n = 0; n < content.size(); ++n) {
    const Status s = prepare_bytes(content.substr(0, n));
    if (s) {
      // Only padding may be missing.
      EXPECT_LT(content.size() - n, 8U) << "accepted with the first " << n << " of " << content.size() << " bytes";
      EXPECT_EQ(content.find_first_not_of('\0', n), std::string::npos) << "accepted without byte " << n;
    } else {
      EXPECT_THAT(s.error().message, HasSubstr("bad.tflite")) << "the first " << n << " bytes";
    }
  }
}

TEST(Refusal, FlippedBitsNeverCrash) {
  const std::string content = good().bytes();
  std::mt19937 engine(7);
  int refused = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string flipped = content;
    for (int k = std::uniform_int_distribution<int>(1, 3)(engine); k > 0; --k) {
      flipped[engine() % flipped.size()] ^= static_cast<char>(1 << engine() % 8);
    }
    refused += !prepare_bytes(flipped);
  }
  EXPECT_GT(refused, 500);
}

/// One model for nearly every op that there is.
TEST(Refusal, FlippedBitsInTheDirectedModelsNeverCrash) {
  std::mt19937 engine(8);
  const auto profiles = builtin_profiles();
  std::set<std::string> paths;  // in order, so that each bit flips on every machine
  for (const auto& entry : std::filesystem::directory_iterator(source_path("tests/vectors/directed"))) {
    if (entry.path().extension() == ".tflite" && entry.file_size() <= 40000) paths.insert(entry.path());
  }
  int models = 0, prepared = 0;
  for (const std::string& path : paths) {
    ++models;
    const auto file = read_file(path).value();
    const std::string content(reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size());
    for (int i = 0; i < 50; ++i) {
      std::string flipped = content;
      for (int k = std::uniform_int_distribution<int>(1, 3)(engine); k > 0; --k)
        flipped[engine() % flipped.size()] ^= static_cast<char>(1 << engine() % 8);
      auto model = parse_tflite(std::make_shared<Blob>(std::as_bytes(std::span(flipped))), "flipped");
      SessionOptions options;
      options.memory_limit = std::size_t{64} << 20;
      if (model) prepared += Session::prepare(*model, profiles[engine() % profiles.size()], options).has_value();
    }
  }
  EXPECT_GT(models, 100);
  EXPECT_GT(prepared, 500);
}

TEST(Refusal, WrongVersion) {
  EXPECT_THAT(refusal([](auto& b) { b.model().version = 2; }), HasSubstr("schema version 2, expected 3"));
}
TEST(Refusal, NoSubgraph) {
  EXPECT_THAT(refusal([](auto& b) { b.model().subgraphs.clear(); }), HasSubstr("no subgraph"));
}

TEST(Refusal, Indices) {
  EXPECT_THAT(refusal([](auto& b) { node(b, 0).inputs[0] = 99; }),
              HasSubstr("op 0 CONV_2D: an input is tensor 99, expected an index under 7"));
  EXPECT_THAT(refusal([](auto& b) { node(b, 0).outputs[0] = -1; }), HasSubstr("an output is tensor -1"));
  EXPECT_THAT(refusal([](auto& b) { node(b, 0).inputs[0] = -7; }), HasSubstr("an input is tensor -7"));
  EXPECT_THAT(refusal([](auto& b) { node(b, 1).opcode_index = 50; }), HasSubstr("op 1: has operator code 50"));
  EXPECT_THAT(refusal([](auto& b) { b.graph().inputs[0] = 77; }), HasSubstr("a graph input is tensor 77"));
  EXPECT_THAT(refusal([](auto& b) { b.graph().outputs[0] = -2; }), HasSubstr("a graph output is tensor -2"));
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 1).buffer = 1000; }), HasSubstr("tensor 1 'weights': has buffer 1000"));
}

TEST(Refusal, OrderAndCycles) {
  EXPECT_THAT(refusal([](auto& b) { std::swap(b.graph().operators[0], b.graph().operators[1]); }),
              HasSubstr("which nothing before it makes"));
  EXPECT_THAT(refusal([](auto& b) { node(b, 0).inputs[0] = node(b, 2).outputs[0]; }),
              HasSubstr("a cycle, or ops out of order"));
  EXPECT_THAT(refusal([](auto& b) { node(b, 2).outputs[0] = node(b, 0).outputs[0]; }),
              HasSubstr("which op 0 makes already"));
  EXPECT_THAT(refusal([](auto& b) { node(b, 2).outputs[0] = 0; }),
              HasSubstr("which the file or the caller makes already"));
  EXPECT_THAT(refusal([](auto& b) { b.graph().inputs[0] = 1; }), HasSubstr("has constant data"));
}

TEST(Refusal, Shapes) {
  EXPECT_THAT(refusal([](auto& b) {
                tensor(b, 0).shape = {1, -5, 4, 2};
              }),
              HasSubstr("expected no negative dimension"));
  EXPECT_THAT(refusal([](auto& b) {
                tensor(b, 0).shape = {1 << 30, 1 << 30, 1 << 30, 2};
              }),
              HasSubstr("passes 63 bits"));
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 0).shape = {1 << 20, 1 << 10, 1 << 10, 2}; }), HasSubstr("memory limit"));
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 0).shape = {1, 4, 4}; }), HasSubstr("expected rank 4"));
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 0).shape = {1, 4, 4, 5}; }), HasSubstr("do not divide into groups"));
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 0).shape = std::vector<int>(12, 1); }), HasSubstr("rank 12"));
}

TEST(Refusal, Buffers) {
  EXPECT_THAT(refusal([](auto& b) { b.model().buffers[1]->data.resize(10); }),
              HasSubstr("'weights': is int8 [3,3,3,2], but its buffer 1 has 10 bytes"));
  EXPECT_THAT(refusal([](auto& b) {
                b.model().buffers[1]->data.clear(), b.model().buffers[1]->offset = 1U << 30,
                                                    b.model().buffers[1]->size = 54;
              }),
              HasSubstr("outside the file"));
  EXPECT_THAT(refusal([](auto& b) {
                b.model().buffers[1]->data.clear(), b.model().buffers[1]->offset = ~0ULL - 5,
                                                    b.model().buffers[1]->size = 54;
              }),
              HasSubstr("outside the file"));
  EXPECT_THAT(refusal([](auto& b) { b.model().buffers[1]->data.clear(); }), HasSubstr("has no data in the file"));
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 1).type = 6, b.model().buffers[1]->data[3] = 64; }),
              HasSubstr("'weights': has 64 as element 3 of BOOL, expected 0 or 1"));
}

TEST(Refusal, Quantization) {
  const auto q = [](FileTables& b, std::size_t t) -> schema::QuantizationParametersT& {
    return *tensor(b, t).quantization;
  };
  EXPECT_THAT(refusal([&](auto& b) {
                q(b, 1).scale = {0.1F, 0.2F}, q(b, 1).zero_point = {0, 0};
              }),
              HasSubstr("2 scales, expected 1 or 3"));
  EXPECT_THAT(refusal([&](auto& b) { q(b, 1).zero_point = {0, 0}; }), HasSubstr("3 scales and 2 zero points"));
  EXPECT_THAT(refusal([&](auto& b) { q(b, 1).quantized_dimension = 3; }),
              HasSubstr("quantized along axis 3, expected 0"));
  EXPECT_THAT(refusal([&](auto& b) { q(b, 1).zero_point = {0, 4, 0}; }), HasSubstr("zero point 4, expected 0"));
  EXPECT_THAT(refusal([&](auto& b) { q(b, 0).scale = {std::numeric_limits<float>::quiet_NaN()}; }),
              HasSubstr("has scale nan"));
  EXPECT_THAT(refusal([&](auto& b) { q(b, 0).scale = {-1.0F}; }), HasSubstr("has scale -1"));
  EXPECT_THAT(refusal([&](auto& b) { q(b, 0).zero_point = {300}; }),
              HasSubstr("zero point 300, outside int8's -128..127"));
  EXPECT_THAT(refusal([&](auto& b) { q(b, 0).zero_point = {1LL << 40}; }), HasSubstr("expected 32 bits"));
  EXPECT_THAT(refusal([&](auto& b) { tensor(b, 0).quantization = nullptr; }), HasSubstr("'image' has scale 0 or none"));
  EXPECT_THAT(refusal([&](auto& b) { q(b, 6).scale = {0.5F}; }), HasSubstr("expected 0.00390625 and -128"));
}

TEST(Refusal, TypesAndOps) {
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 0).type = 1; }), HasSubstr("has element type FLOAT16"));
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 0).type = 77; }), HasSubstr("has element type 77"));
  EXPECT_THAT(refusal([](auto& b) { tensor(b, 3).type = 3; }),
              HasSubstr("output 'features' is uint8, supported: int8"));
  EXPECT_THAT(refusal([](auto& b) {
                b.model().operator_codes[2]->builtin_code = schema::BuiltinOperator::LSTM,
                b.model().operator_codes[2]->deprecated_builtin_code = 16;
              }),
              HasSubstr("op 2 LSTM: this op is not supported"));
  EXPECT_THAT(refusal([](auto& b) {
                b.model().operator_codes[2]->builtin_code = schema::BuiltinOperator::CUSTOM,
                b.model().operator_codes[2]->deprecated_builtin_code = 32,
                b.model().operator_codes[2]->custom_code = "MyOp";
              }),
              HasSubstr("op 2 MyOp: this custom op is not supported"));
  EXPECT_THAT(refusal([](auto& b) { node(b, 0).inputs = {0}; }), HasSubstr("expected 2 to 3 inputs, got 1"));
}

TEST(Refusal, InputsBeyondTheMemoryLimit) {
  EXPECT_THAT(refusal([](FileTables& b) {
                tensor(b, 0).shape = {1, 100'000, 100'000, 4};
              }),
              HasSubstr("input 'image' [1,100000,100000,4] passes the memory limit of "));
}

TEST(Refusal, AScaleThatLeavesInt16LogisticUndefined) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt16, {4}, 200000.0F, 0), y = b.tensor("y", DType::kInt16, {4}, 1.0F / 32768, 0);
  b.op("LOGISTIC", {x}, {y});
  b.inputs({x}), b.outputs({y});
  const Status status = prepare_bytes(b.bytes());
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().message, HasSubstr("input 'x' has scale 200000, expected at most 174762"));
}

TEST(Refusal, HugeDimensionsBesideEmptyOnesTakeNoMemory) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {4, 1}, 1, 0), y = b.tensor("y", DType::kInt8, {}, 1, 0),
            z = b.tensor("z", DType::kInt8, {}, 1, 0);
  const int none = b.constant<std::int32_t>("none", {2}, {4, 0}), zero = b.constant<std::int32_t>("zero", {2}, {0, 0});
  const int repeats = b.constant<std::int32_t>("repeats", {2}, {1 << 28, 1});
  b.op("SLICE", {x, zero, none}, {y});
  b.op("TILE", {y, repeats}, {z});
  b.inputs({x}), b.outputs({z});
  EXPECT_TRUE(prepare_bytes(b.bytes()));
}

TEST(Refusal, Attributes) {
  const auto conv = [](FileTables& b) -> schema::Conv2DOptionsT& {
    return *node(b, 0).builtin_options.AsConv2DOptions();
  };
  EXPECT_THAT(refusal([&](auto& b) { conv(b).stride_h = 0; }), HasSubstr("stride 0"));
  EXPECT_THAT(refusal([&](auto& b) { conv(b).stride_w = -1; }), HasSubstr("stride -1"));
  EXPECT_THAT(refusal([&](auto& b) { conv(b).dilation_h_factor = 0; }), HasSubstr("dilation 0"));
  EXPECT_THAT(refusal([&](auto& b) { conv(b).padding = 9; }), HasSubstr("padding 9"));
  EXPECT_THAT(refusal([&](auto& b) { conv(b).fused_activation_function = 4; }), HasSubstr("fused activation 4"));
  EXPECT_THAT(refusal([&](auto& b) { conv(b).padding = 1, conv(b).dilation_h_factor = 3; }), HasSubstr("does not fit"));
  EXPECT_THAT(refusal([&](auto& b) { node(b, 2).builtin_options.AsSoftmaxOptions()->beta = 0; }),
              HasSubstr("beta is 0"));
  EXPECT_THAT(refusal([&](auto& b) { b.model().buffers[3]->data = {1, 0, 0, 0, 47, 0, 0, 0}; }),
              HasSubstr("do not fit new shape [1,47]"));
}

TEST(Refusal, CustomOptions) {
  for (const std::vector<std::uint8_t>& options :
       {std::vector<std::uint8_t>{}, std::vector<std::uint8_t>{1, 2, 3}, std::vector<std::uint8_t>(64, 0xFF)}) {
    ModelBuilder b;
    const int boxes = b.tensor("boxes", DType::kUInt8, {1, 10, 4}, 0.1F, 3),
              scores = b.tensor("scores", DType::kUInt8, {1, 10, 3}, 0.1F, 3);
    const int anchors =
        b.constant<std::uint8_t>("anchors", {10, 4}, std::vector<std::uint8_t>(40, 9), {{0.1F}, {0}, 0});
    std::vector<int> out;
    for (int k = 0; k < 4; ++k) out.push_back(b.tensor("out", DType::kFloat32, {}));
    b.custom_op("TFLite_Detection_PostProcess", {boxes, scores, anchors}, out, options);
    b.inputs({boxes, scores}), b.outputs(out);
    const Status s = prepare_bytes(b.bytes());
    ASSERT_FALSE(s);
    EXPECT_THAT(s.error().message, HasSubstr("options are"));
  }
}

}  // namespace
}  // namespace nputwin::test::refusal_test
