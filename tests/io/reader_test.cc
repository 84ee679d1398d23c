#include "io/tflite/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/file_tables.h"
#include "support/model_builder.h"

namespace nputwin::test::reader_test {
namespace {

using ::testing::HasSubstr;

/// A file with one constant of a packed type.
FileTables with_packed(int type_code, const Shape& shape, const std::vector<std::uint8_t>& bytes) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, shape, 1, 0);
  const int packed = b.constant<std::uint8_t>("packed", {static_cast<std::int32_t>(bytes.size())}, bytes);
  const int y = b.tensor("y", DType::kInt8, shape, 1, 0);
  b.op("MAXIMUM", {x, packed}, {y});
  b.inputs({x}), b.outputs({y});
  FileTables file(b.bytes());
  auto& t = *file.graph().tensors[static_cast<std::size_t>(packed)];
  t.type = static_cast<decltype(t.type)>(type_code);
  t.shape = shape;
  return file;
}

Result<std::shared_ptr<const Model>> read(const FileTables& file) {
  const std::string content = file.bytes();
  return parse_tflite(std::make_shared<Blob>(std::as_bytes(std::span(content))), "packed.tflite");
}

std::vector<int> codes(const FileTables& file) {
  std::vector<int> values;
  const auto model = read(file).value();
  for (const std::byte c : *model->main().tensors[1].constant) values.push_back(static_cast<std::int8_t>(c));
  return values;
}

constexpr int kInt4 = 17, kInt2 = 19;

TEST(PackedConstants, TheFirstCodeStandsInTheLowestBits) {
  EXPECT_EQ(codes(with_packed(kInt4, {4}, {0x21, 0x8F})), (std::vector<int>{1, 2, -1, -8}));
  EXPECT_EQ(codes(with_packed(kInt4, {3}, {0x21, 0x07})), (std::vector<int>{1, 2, 7}))
      << "half of the last byte is empty";
  EXPECT_EQ(codes(with_packed(kInt2, {6}, {0b11'10'01'00, 0b01'10})), (std::vector<int>{0, 1, -2, -1, -2, 1}));
}

TEST(PackedConstants, ABufferOfAnotherSizeIsRefused) {
  const auto model = read(with_packed(kInt4, {4}, {0x21, 0x8F, 0}));
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("has 4 codes of 4 bits, but its buffer"));
  EXPECT_THAT(model.error().message, HasSubstr("has 3 bytes"));
}

TEST(Signatures, NameTheMainGraphsTensors) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {2}, 1, 0), y = b.tensor("y", DType::kInt8, {2}, 1, 0);
  b.op("RELU", {x}, {y});
  b.inputs({x}), b.outputs({y});
  FileTables file(b.bytes());
  const auto add = [&](const char* key, std::uint32_t subgraph, std::uint32_t tensor) {
    auto& signature = *file.model().signature_defs.emplace_back(std::make_unique<schema::SignatureDefT>());
    signature.signature_key = key;
    signature.subgraph_index = subgraph;
    auto& map = *signature.outputs.emplace_back(std::make_unique<schema::TensorMapT>());
    map.name = "output_0";
    map.tensor_index = tensor;
  };
  add("serving_default", 0, static_cast<std::uint32_t>(y));
  add("of a subgraph", 1, static_cast<std::uint32_t>(y));
  add("beyond the tensors", 0, 99);
  const auto model = read(file).value();
  ASSERT_EQ(model->signatures.size(), 2U);
  EXPECT_EQ(model->signatures[0].key, "serving_default");
  EXPECT_EQ(model->signatures[0].outputs, (std::map<std::string, int>{{"output_0", y}}));
  EXPECT_TRUE(model->signatures[1].outputs.empty());
}

TEST(PackedConstants, OnlyConstantsMayBePacked) {
  FileTables file = with_packed(kInt4, {4}, {0x21, 0x8F});
  file.graph().tensors[0]->type = static_cast<decltype(file.graph().tensors[0]->type)>(kInt4);
  const auto session = Session::prepare(read(file).value(), find_profile("vip-v8").value(), {});
  ASSERT_FALSE(session);
  EXPECT_THAT(session.error().message, HasSubstr("codes of 4 bits, which are supported in constants only"));
}

}  // namespace
}  // namespace nputwin::test::reader_test
