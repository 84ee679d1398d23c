#include "io/tflite/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::reader_test {
namespace {

using ::testing::HasSubstr;

/// A model with one constant of a packed type.
ModelBuilder with_packed(int type_code, const Shape& shape, const std::vector<std::uint8_t>& bytes) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, shape, 1, 0);
  const int packed = b.constant<std::uint8_t>("packed", {static_cast<std::int32_t>(bytes.size())}, bytes);
  const int y = b.tensor("y", DType::kInt8, shape, 1, 0);
  auto& t = *b.graph().tensors[static_cast<std::size_t>(packed)];
  t.type = static_cast<decltype(t.type)>(type_code);
  t.shape = shape;
  b.op(schema::BuiltinOperator::MAXIMUM, {x, packed}, {y});
  b.inputs({x}), b.outputs({y});
  return b;
}

std::vector<int> codes(const ModelBuilder& b) {
  std::vector<int> values;
  const auto model = b.read();
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
  const std::string content = with_packed(kInt4, {4}, {0x21, 0x8F, 0}).bytes();
  const auto model = parse_tflite(std::make_shared<Blob>(std::as_bytes(std::span(content))), "bad.tflite");
  ASSERT_FALSE(model);
  EXPECT_THAT(model.error().message, HasSubstr("has 4 codes of 4 bits, but its buffer"));
  EXPECT_THAT(model.error().message, HasSubstr("has 3 bytes"));
}

TEST(PackedConstants, OnlyConstantsMayBePacked) {
  ModelBuilder b = with_packed(kInt4, {4}, {0x21, 0x8F});
  b.graph().tensors[0]->type = static_cast<decltype(b.graph().tensors[0]->type)>(kInt4);
  const auto session = Session::prepare(b.read(), find_profile("vip-v8").value(), {});
  ASSERT_FALSE(session);
  EXPECT_THAT(session.error().message, HasSubstr("codes of 4 bits, which are supported in constants only"));
}

}  // namespace
}  // namespace nputwin::test::reader_test
