// Saved tensors brought into a model's types and order.

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/temporary_folder.h"
#include "sides/captures/array_file.h"
#include "sides/captures/format.h"

namespace nputwin::captures::captures_test {
namespace {

template <typename T>
Saved saved(const Shape& shape, const std::vector<T>& values) {
  Tensor tensor{{"saved", *kDTypeOf<T>, shape, {}}, std::vector<std::byte>(values.size() * sizeof(T))};
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return {std::move(tensor)};
}

TensorSpec spec(DType type, const Shape& shape) { return {"x", type, shape, {{0.25F}, {3}, 0}}; }

Result<Capture> fitted(const TensorSpec& spec, Saved saved, Layout layout = Layout::kUnsaid) {
  Capture capture;
  NPUTWIN_RETURN_IF_ERROR(add_fitted(capture, 0, spec, std::move(saved), layout, "file"));
  return capture;
}

std::vector<std::int8_t> codes(const Result<Capture>& capture) {
  if (!capture) return {};
  const auto values = capture->tensors.at(0).view().as<std::int8_t>();
  return {values.begin(), values.end()};
}

using Codes = std::vector<std::int8_t>;

// Of a number without dimensions the dimensions behind the first were compared.
TEST(ArrayFile, OneNumberFitsOneNumber) {
  const TemporaryFolder folder = TemporaryFolder::make().value();
  const std::string header = "{'descr': '|i1', 'fortran_order': False, 'shape': (), }\n";
  const std::string file =
      std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + "\5";
  ASSERT_TRUE(write_file_whole(folder / "x.npy", file));
  const auto array = ArrayFile::read(folder / "x.npy");
  ASSERT_TRUE(array) << array.error().message;
  EXPECT_TRUE(array->fits(spec(DType::kInt8, {})));
  EXPECT_FALSE(array->fits(spec(DType::kUInt8, {})));
  EXPECT_FALSE(array->fits(spec(DType::kInt8, {1})));
}

TEST(FittedCapture, RealNumbersBecomeTheNearestCodes) {
  const TensorSpec x = spec(DType::kInt8, {3});
  EXPECT_EQ(codes(fitted(x, saved<float>({3}, {0.5F, -0.75F, 0.0F}))), (Codes{5, 0, 3}));
  EXPECT_EQ(codes(fitted(x, saved<float>({3}, {0.5625F, 0.4375F, 0.0F}))),
            (Codes{5, 5, 3}));  // a quarter of a step off
  for (const float wrong : {0.625F, 0.58F, 1000.0F, NAN, INFINITY}) {
    const auto refused = fitted(x, saved<float>({3}, {0.5F, wrong, 0.0F}));
    ASSERT_FALSE(refused) << wrong;
    EXPECT_NE(refused.error().message.find("of element 1 is no code"), std::string::npos) << refused.error().message;
  }
}

TEST(FittedCapture, WholeNumbersAreCodesInRange) {
  EXPECT_EQ(codes(fitted(spec(DType::kInt8, {2}), saved<std::int32_t>({2}, {-128, 127}))), (Codes{-128, 127}));
  EXPECT_FALSE(fitted(spec(DType::kInt8, {2}), saved<std::int32_t>({2}, {-129, 0})));
  EXPECT_FALSE(fitted(spec(DType::kUInt8, {2}), saved<std::int32_t>({2}, {0, 256})));
  EXPECT_TRUE(fitted(spec(DType::kInt16, {2}), saved<std::int32_t>({2}, {-32768, 32767})));
  EXPECT_FALSE(fitted(spec(DType::kInt8, {2}), saved<std::int64_t>({2}, {1, 2})));
}

TEST(FittedCapture, Uint8IsInt8Shifted) {
  const auto capture = fitted(spec(DType::kInt8, {3}), saved<std::uint8_t>({3}, {0, 128, 255}));
  EXPECT_EQ(codes(capture), (Codes{-128, 0, 127}));
  EXPECT_EQ(capture->notes.size(), 1U);
}

// 1 x 2 x 1 x 3: a channel's two rows lie three apart.
const Codes kNhwc{1, 2, 3, 4, 5, 6}, kNchw{1, 4, 2, 5, 3, 6};

TEST(FittedCapture, ADimensionTellsTheOrder) {
  const TensorSpec x = spec(DType::kInt8, {1, 2, 1, 3});
  EXPECT_EQ(codes(fitted(x, saved<std::int8_t>({1, 2, 1, 3}, kNhwc))), kNhwc);
  EXPECT_EQ(codes(fitted(x, saved<std::int8_t>({1, 3, 2, 1}, kNchw))), kNhwc);
  EXPECT_EQ(codes(fitted(x, saved<std::int8_t>({2, 3}, kNhwc))), kNhwc);  // without the ones
  EXPECT_FALSE(fitted(x, saved<std::int8_t>({3, 2, 1, 1}, kNhwc)));
  EXPECT_FALSE(fitted(x, saved<std::int8_t>({1, 2, 1, 2}, {1, 2, 3, 4})));
}

TEST(FittedCapture, WhereNothingTellsTheOrderItMustBeSaid) {
  const TensorSpec x = spec(DType::kInt8, {1, 2, 1, 3});
  Saved list = saved<std::int8_t>({6}, kNchw);
  list.has_dimensions = false;
  EXPECT_FALSE(fitted(x, list));
  EXPECT_EQ(codes(fitted(x, list, Layout::kNchw)), kNhwc);
  EXPECT_EQ(codes(fitted(x, list, Layout::kNhwc)), kNchw);  // as it is
  // One place or one channel: both orders are the same.
  EXPECT_EQ(codes(fitted(spec(DType::kInt8, {1, 1, 1, 6}), list)), kNchw);
  EXPECT_EQ(codes(fitted(spec(DType::kInt8, {1, 2, 3, 1}), list)), kNchw);
}

TEST(FittedCapture, ACubeOfADumpMustBeSaidToo) {
  const TensorSpec cube = spec(DType::kInt8, {1, 2, 2, 2});
  Saved dump = saved<std::int8_t>({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_TRUE(fitted(cube, dump));  // an array of the model's shape
  dump.names_order = false;
  EXPECT_FALSE(fitted(cube, dump));
  EXPECT_EQ(codes(fitted(cube, dump, Layout::kNchw)), (Codes{1, 5, 2, 6, 3, 7, 4, 8}));
}

}  // namespace
}  // namespace nputwin::captures::captures_test
