// Ops that move codes: RESHAPE, SQUEEZE, SHAPE, TRANSPOSE, PAD, PACK, SPLIT, STRIDED_SLICE, CONCATENATION,
// RESIZE_*.

#include <gtest/gtest.h>

#include <numeric>

#include "profile/profile.h"
#include "support/constant_op.h"
#include "support/model_builder.h"

namespace nputwin::test::movement_test {
namespace {

using Codes = std::vector<std::int8_t>;

Codes counted(int n) {
  Codes codes(static_cast<std::size_t>(n));
  std::iota(codes.begin(), codes.end(), std::int8_t{0});
  return codes;
}

struct Moved {
  Shape shape;
  Codes codes;
  bool operator==(const Moved&) const = default;
};

/// One op over an int8 input of shape `in` that holds 0, 1, 2, …; further inputs are int32 constants.
Moved move(const char* op, const Shape& in, const std::vector<std::vector<std::int32_t>>& constants,
           const Attributes& attributes = {}, const char* profile = "tflite-2.9.1-arm64") {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, in, 0.5F, 7);
  std::vector<int> inputs{x};
  for (const auto& values : constants)
    inputs.push_back(b.constant<std::int32_t>("c", {static_cast<int>(values.size())}, values));
  const int y = b.tensor("y", DType::kInt8, {}, 0.5F, 7);
  b.op(op, inputs, {y}, attributes);
  b.inputs({x}), b.outputs({y});
  const auto model = b.read();
  auto session = Session::prepare(model, find_profile(profile).value(), {});
  if (!session) {
    ADD_FAILURE() << session.error().message;
    return {};
  }
  const Codes codes = counted(static_cast<int>(element_count(in).value()));
  EXPECT_TRUE(session->set_input(0, {&session->input_spec(0), std::as_bytes(std::span(codes))}));
  EXPECT_TRUE(session->run());
  const auto out = session->output(0).as<std::int8_t>();
  return {session->output(0).spec->shape, {out.begin(), out.end()}};
}

TEST(Reshape, InfersTheOpenDimension) { EXPECT_EQ(move("RESHAPE", {2, 3}, {{3, -1}}), (Moved{{3, 2}, counted(6)})); }

TEST(Squeeze, DropsOnes) { EXPECT_EQ(move("SQUEEZE", {1, 3, 1}, {}), (Moved{{3}, counted(3)})); }

TEST(Transpose, Permutes) { EXPECT_EQ(move("TRANSPOSE", {2, 3}, {{1, 0}}), (Moved{{3, 2}, {0, 3, 1, 4, 2, 5}})); }

TEST(Pad, FillsWithTheZeroPoint) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {2, 2}, 0.5F, 7);
  const int p = b.constant<std::int32_t>("p", {2, 2}, {1, 0, 0, 1});
  const int y = b.tensor("y", DType::kInt8, {}, 0.5F, 7);
  b.op("PAD", {x, p}, {y});
  b.inputs({x}), b.outputs({y});
  const auto out = run_model(b.read(), find_profile("vip-v8").value(), {to_bytes(counted(4))}, scalar_isa());
  EXPECT_EQ(from_bytes<std::int8_t>(out.at(0)), (Codes{7, 7, 7, 0, 1, 7, 2, 3, 7}));
}

TEST(StridedSlice, StridesMasksAndNegativeSteps) {
  EXPECT_EQ(move("STRIDED_SLICE", {3, 4}, {{1, 0}, {3, 4}, {1, 2}}), (Moved{{2, 2}, {4, 6, 8, 10}}));
  EXPECT_EQ(move("STRIDED_SLICE", {2, 2}, {{1, 1}, {0, 0}, {-1, -1}}, {{"begin_mask", 3}, {"end_mask", 3}}),
            (Moved{{2, 2}, {3, 2, 1, 0}}));
  EXPECT_EQ(move("STRIDED_SLICE", {3, 2}, {{-1, 0}, {0, 2}, {1, 1}}, {{"shrink_axis_mask", 1}}), (Moved{{2}, {4, 5}}));
}

TEST(PackAndSplit, UndoEachOther) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {4, 2}, 0.5F, 7);
  const int axis = b.constant<std::int32_t>("axis", {1}, {0});
  const int p = b.tensor("p", DType::kInt8, {2, 2}, 0.5F, 7), q = b.tensor("q", DType::kInt8, {2, 2}, 0.5F, 7);
  b.op("SPLIT", {axis, x}, {p, q}, {{"num_splits", 2}});
  const int y = b.tensor("y", DType::kInt8, {}, 0.5F, 7);
  b.op("PACK", {p, q}, {y}, {{"axis", 1}, {"values_count", 2}});
  b.inputs({x}), b.outputs({y});
  const auto out = run_model(b.read(), find_profile("vip-v8").value(), {to_bytes(counted(8))}, scalar_isa());
  EXPECT_EQ(from_bytes<std::int8_t>(out.at(0)), (Codes{0, 1, 4, 5, 2, 3, 6, 7}));
}

TEST(ShapeOp, IsKnownBeforeTheRunAndFeedsReshape) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {2, 3}, 0.5F, 7), s = b.tensor("s", DType::kInt32, {2}),
            y = b.tensor("y", DType::kInt8, {}, 0.5F, 7);
  b.op("SHAPE", {x}, {s}, {{"out_type", 2}});
  b.op("RESHAPE", {x, s}, {y});
  b.inputs({x}), b.outputs({y, s});
  const auto out = run_model(b.read(), find_profile("vip-v8").value(), {to_bytes(counted(6))}, scalar_isa());
  EXPECT_EQ(from_bytes<std::int8_t>(out.at(0)), counted(6));
  EXPECT_EQ(from_bytes<std::int32_t>(out.at(1)), (std::vector<std::int32_t>{2, 3}));
}

TEST(Concatenation, CopiesOrRescalesUint8) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kUInt8, {1, 2}, 1.0F, 0), z = b.tensor("z", DType::kUInt8, {1, 2}, 0.5F, 10),
            y = b.tensor("y", DType::kUInt8, {}, 1.0F, 0);
  b.op("CONCATENATION", {x, z}, {y}, {{"axis", -1}});
  b.inputs({x, z}), b.outputs({y});
  const auto run = [&](const char* p) {
    return from_bytes<std::uint8_t>(
        run_model(b.read(), find_profile(p).value(),
                  {to_bytes(std::vector<std::uint8_t>{1, 2}), to_bytes(std::vector<std::uint8_t>{11, 13})},
                  scalar_isa())
            .at(0));
  };
  EXPECT_EQ(run("tflite-2.9.1-arm64"), (std::vector<std::uint8_t>{1, 2, 1, 2}));  // 0.5 and 1.5 away from zero
  EXPECT_EQ(run("vip-v8"), (std::vector<std::uint8_t>{1, 2, 0, 2}));              // to even
}

TEST(ResizeNearest, PlacesSamples) {
  EXPECT_EQ(move("RESIZE_NEAREST_NEIGHBOR", {1, 1, 2, 1}, {{1, 4}}, {{"align_corners", false}}),
            (Moved{{1, 1, 4, 1}, {0, 0, 1, 1}}));
}

TEST(ResizeBilinear, RefusesAScaleThatLeadsBeyondTheInput) {
  const auto refusal = [](std::int32_t width, const char* profile) {
    return OneOp("RESIZE_BILINEAR")
        .in(Values<std::int8_t>{{1, 1, 101, 1}, std::vector<std::int8_t>(101, 5), 0.5F, 7})
        .in(Values<std::int32_t>{{2}, {1, width}})
        .out(DType::kInt8, 0.5F, 7)
        .with({{"align_corners", false}})
        .refusal(profile);
  };
  // 103424 / 5000 = 20.68 counts as 21, and 4999 * 21 / 1024 is 102.
  EXPECT_NE(refusal(5000, "litert-2.3-x86-ref").find("from 101 to 5000 positions"), std::string::npos);
  EXPECT_EQ(refusal(3000, "litert-2.3-x86-ref"), "");
}

TEST(ResizeBilinear, TiesOfEachMethod) {
  EXPECT_EQ(move("RESIZE_BILINEAR", {1, 1, 2, 1}, {{1, 4}}, {{"align_corners", false}}),
            (Moved{{1, 1, 4, 1}, {0, 1, 1, 1}}));
  EXPECT_EQ(move("RESIZE_BILINEAR", {1, 1, 2, 1}, {{1, 4}}, {{"align_corners", false}}, "litert-2.3-x86"),
            (Moved{{1, 1, 4, 1}, {0, 1, 1, 1}}));
}

}  // namespace
}  // namespace nputwin::test::movement_test
