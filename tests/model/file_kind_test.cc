#include "model/file_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/tflite/edit.h"
#include "io/tflite/reader.h"
#include "support/model_builder.h"

namespace nputwin::test::file_kind_test {
namespace {

using ::testing::HasSubstr;

/// FULLY_CONNECTED of a float32 input by weights that `weights` adds.
template <typename AddWeights>
FileKind kind_with(AddWeights weights, DType activations = DType::kFloat32) {
  ModelBuilder b;
  const float scale = activations == DType::kFloat32 ? 0 : 0.5F;
  const int x = b.tensor("x", activations, {1, 2}, scale);
  const int w = weights(b);
  b.op("FULLY_CONNECTED", {x, w, -1}, {b.tensor("y", activations, {1, 2}, scale)});
  b.inputs({x}), b.outputs({b.graph().nodes.back().outputs});
  return file_kind(b.model());
}

int int8_weights(ModelBuilder& b) { return b.constant<std::int8_t>("w", {2, 2}, {1, 2, 3, 4}, {{0.5F}, {0}, 0}); }

TEST(FileKind, IsToldByTheLayersAndTheirWeights) {
  EXPECT_EQ(kind_with(int8_weights, DType::kInt8).name, "");
  EXPECT_EQ(kind_with(int8_weights).name, "dynamic-range");
  EXPECT_EQ(kind_with([](ModelBuilder& b) { return b.constant<float>("w", {2, 2}, {1, 2, 3, 4}); }).name, "float");
  EXPECT_EQ(kind_with([](ModelBuilder& b) {
              const int stored = int8_weights(b), w = b.tensor("wide", DType::kFloat32, {2, 2});
              b.op("DEQUANTIZE", {stored}, {w});
              return w;
            }).name,
            "weight-only");
  EXPECT_EQ(kind_with([](ModelBuilder& b) {
              const int stored = int8_weights(b), w = b.tensor("wide", DType::kFloat32, {2, 2});
              b.graph().tensors[static_cast<std::size_t>(stored)].float16 = true;
              b.op("DEQUANTIZE", {stored}, {w});
              return w;
            }).name,
            "float16");
}

TEST(FileKind, SaysWhatToGiveInstead) {
  const std::string sentence = kind_with(int8_weights).sentence;
  EXPECT_THAT(sentence, HasSubstr("a dynamic-range model"));
  EXPECT_THAT(sentence, HasSubstr("full integer quantization"));
  EXPECT_LT(sentence.size(), 250U) << "two lines of a terminal, with the file's name";
}

TEST(FileKind, ACompiledFileIsToldByItsCustomOp) {
  for (const auto& [op, made_by] :
       {std::pair("ethos-u", "Vela"), std::pair("edgetpu-custom-op", "Edge TPU"), std::pair("DISPATCH_OP", "LiteRT"),
        std::pair("NeutronGraph", "Neutron"), std::pair("vsi-npu", "VeriSilicon")}) {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt8, {1, 2}, 0.5F), y = b.tensor("y", DType::kInt8, {1, 2}, 0.5F);
    b.custom_op(op, {x}, {y}, {1});
    const FileKind kind = file_kind(b.model());
    EXPECT_EQ(kind.name, "compiled");
    EXPECT_THAT(kind.sentence, HasSubstr(made_by));
  }
}

TEST(FileKind, LayersOfBothKindsAreMixed) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kFloat32, {1, 2}), w = int8_weights(b), y = b.tensor("y", DType::kFloat32, {1, 2});
  const int q = b.tensor("q", DType::kInt8, {1, 2}, 0.5F), z = b.tensor("z", DType::kInt8, {1, 2}, 0.5F);
  b.op("FULLY_CONNECTED", {x, w, -1}, {y});
  b.op("QUANTIZE", {y}, {q});
  b.op("FULLY_CONNECTED", {q, w, -1}, {z});
  EXPECT_EQ(file_kind(b.model()).name, "mixed");
}

/// What a compiled op works in has no data in the file, and nobody makes it.
TEST(FileKind, AFileWithScratchTensorsIsRead) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1, 2}, 0.5F), y = b.tensor("y", DType::kInt8, {1, 2}, 0.5F);
  const int scratch = b.tensor("scratch", DType::kUInt8, {64});
  b.custom_op("ethos-u", {x, scratch}, {y}, {1});
  b.inputs({x, scratch}), b.outputs({y});
  const std::string bytes = b.bytes();
  const auto file = cut_file(std::as_bytes(std::span(bytes)), {{0}, {x}, {y}, {}}).value();
  const auto model = parse_tflite(std::make_shared<Blob>(Bytes(file)), "compiled.tflite");
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_EQ(file_kind(**model).name, "compiled");
}

}  // namespace
}  // namespace nputwin::test::file_kind_test
