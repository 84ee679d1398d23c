// One node and what keeps it from VeriSilicon's delegate, rule by rule.

#include <gtest/gtest.h>

#include <array>

#include "model/one_op_model.h"
#include "session/placement/delegates.h"

namespace nputwin::vx_delegate_test {
namespace {

const Quantization kQ{{0.5F}, {0}, 0};

/// Why the delegate rejects a model's only node; empty: it claims it.
std::string left(const std::shared_ptr<const Model>& model, const Shape& output = {1, 4, 4, 8},
                 Delegate release = Delegate::kVx) {
  std::vector<TensorSpec> specs;
  for (const ModelTensor& t : model->main().tensors) specs.push_back(t.spec);
  specs.back().shape = output;
  const Status claims = vx_claims(*vx_release(release), model->main(), specs, model->main().nodes[0]);
  return claims ? "" : claims.error().message;
}

struct Conv {
  DType in = DType::kInt8, weights = DType::kInt8, out = DType::kInt8;
  Shape shape = {1, 4, 4, 8}, weight_shape = {8, 1, 1, 8};

  [[nodiscard]] std::string left(const char* op = "CONV_2D") const {
    OneOpModel m(op);
    m.input({"x", in, shape, kQ});
    const TensorSpec w{"w", weights, weight_shape, kQ};
    m.constant(w, std::vector<std::byte>(w.bytes()));
    return vx_delegate_test::left(m.output(out, kQ));
  }
};

TEST(Vx, TakesQuantizedLayers) {
  EXPECT_EQ(Conv{}.left(), "");
  EXPECT_EQ((Conv{DType::kUInt8, DType::kUInt8, DType::kUInt8}.left()), "");
  EXPECT_EQ((Conv{.weight_shape = {8, 1, 1, 4}}.left()), "") << "grouped";
}

TEST(Vx, LeavesWhatIsMixed) {
  EXPECT_EQ((Conv{.in = DType::kFloat32, .out = DType::kFloat32}.left()), "input and weights differ in type");
  EXPECT_EQ((Conv{.in = DType::kFloat32, .out = DType::kFloat32}.left("FULLY_CONNECTED")),
            "input and weights differ in type");
}

TEST(Vx, LeavesWeightsOfFourBits) {
  for (const char* op : {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}) {
    OneOpModel m(op);
    m.input({"x", DType::kInt8, {1, 4, 4, 8}, kQ});
    const TensorSpec w{"w", DType::kInt8, {8, 1, 1, 8}, kQ};
    m.constant(w, std::vector<std::byte>(w.bytes()));
    const auto model = std::make_shared<Model>(*m.output(DType::kInt8, kQ));
    model->graphs[0].tensors[1].packed_bits = 4;
    EXPECT_EQ(left(model), "input and weights differ in type") << op;
  }
}

TEST(Vx, LeavesInt16AndInt64) {
  EXPECT_EQ((Conv{.in = DType::kInt16, .out = DType::kInt16}.left()), "output 't2' is int16");
  OneOpModel m("GATHER");
  m.input({"x", DType::kInt8, {4, 8}, kQ});
  m.input({"i", DType::kInt64, {2}, {}});
  EXPECT_EQ(left(m.output(DType::kInt8, kQ)), "input 'i' is int64");
}

TEST(Vx, LeavesGroupsOfABatch) {
  EXPECT_EQ((Conv{.shape = {2, 4, 4, 8}, .weight_shape = {8, 1, 1, 4}}.left()),
            "a grouped convolution of a batch of 2");
}

TEST(Vx, LeavesLargeDimensionsButTheFirst) {
  EXPECT_EQ((Conv{.shape = {1, 65536, 1, 8}}.left()), "input 'x' has a dimension beyond 65535");
  EXPECT_EQ((Conv{.shape = {65536, 1, 1, 8}}.left()), "");
  OneOpModel m("ABS");
  m.input({"x", DType::kInt8, {1, 1, 1, 1, 1, 1, 2}, kQ});
  EXPECT_EQ(left(m.output(DType::kInt8, kQ)), "input 'x' has more than 6 dimensions");
}

TEST(Vx, LeavesOpsThatItDoesNotMap) {
  for (const char* op : {"SVDF", "PADV2", "TILE", "LOG_SOFTMAX", "TOPK_V2", "CALL_ONCE", "VAR_HANDLE", "FILL"}) {
    OneOpModel m(op);
    m.input({"x", DType::kInt8, {4}, kQ});
    EXPECT_EQ(left(m.output(DType::kInt8, kQ)),
              std::string("the VX delegate of VeriSilicon 2025-01 does not support ") + op);
  }
}

TEST(Vx, LeavesAxesThatAreComputed) {
  for (const char* op : {"MEAN", "SUM", "REDUCE_MAX", "RESHAPE", "EXPAND_DIMS"}) {
    OneOpModel fixed(op), computed(op);
    for (OneOpModel* m : {&fixed, &computed}) m->input({"x", DType::kInt8, {1, 4, 4, 8}, kQ});
    fixed.constant<std::int32_t>({1}, {1});
    computed.input({"axis", DType::kInt32, {1}, {}});
    EXPECT_EQ(left(fixed.output(DType::kInt8, kQ)), "") << op;
    EXPECT_EQ(left(computed.output(DType::kInt8, kQ)), "input 'axis' is not a constant of the file") << op;
  }
}

TEST(Vx, LeavesShapesThatTheFileLeavesOut) {
  OneOpModel m("TRANSPOSE");
  m.input({"x", DType::kInt8, {1, 4, 4, 8}, kQ});
  m.constant<std::int32_t>({4}, {0, 1, 2, 3});
  auto model = std::make_shared<Model>(*m.output(DType::kInt8, kQ));
  model->graphs[0].tensors.back().shape_declared = false;
  EXPECT_EQ(left(model), "the file does not give the output's shape");
}

TEST(Vx, LeavesSlicesOfTheBatch) {
  OneOpModel m("SLICE");
  m.input({"x", DType::kInt8, {2, 4, 4, 8}, kQ});
  m.constant<std::int32_t>({4}, {0, 0, 0, 0});
  m.constant<std::int32_t>({4}, {1, 4, 4, 8});
  EXPECT_EQ(left(m.output(DType::kInt8, kQ)), "the slice cuts the batch");
}

TEST(Vx, LeavesSlicesWithNewAxes) {
  OneOpModel m("STRIDED_SLICE");
  m.input({"x", DType::kInt8, {1, 4, 4, 8}, kQ});
  for (int k = 0; k < 3; ++k) m.constant<std::int32_t>({4}, {1, 1, 1, 1});
  m.attribute("new_axis_mask", std::int64_t{1});
  EXPECT_EQ(left(m.output(DType::kInt8, kQ)), "new axes and ellipses are not supported");
}

TEST(Vx, LeavesRequantizationOfWiderCodes) {
  for (const DType from : {DType::kInt16, DType::kInt32}) {
    OneOpModel m("QUANTIZE");
    m.input({"x", from, {4}, kQ});
    EXPECT_EQ(left(m.output(DType::kInt8, kQ)), std::string("from ") + std::string(name(from)) + " to int8");
  }
}

TEST(Vx, LeavesDequantizationByChannel) {
  OneOpModel m("DEQUANTIZE");
  m.input({"x", DType::kInt8, {1, 1, 1, 2}, {{0.5F, 0.25F}, {0, 0}, 3}});
  EXPECT_EQ(left(m.output(DType::kFloat32, {})), "input 'x' has several scales");
}

TEST(Vx, LeavesProductsOfTwoTransposed) {
  OneOpModel m("BATCH_MATMUL");
  m.input({"x", DType::kInt8, {1, 4, 8}, kQ});
  m.input({"y", DType::kInt8, {1, 8, 4}, kQ});
  m.attribute("adj_x", std::int64_t{1});
  m.attribute("adj_y", std::int64_t{1});
  EXPECT_EQ(left(m.output(DType::kInt8, kQ)), "both inputs are transposed");
}

TEST(Vx, LeavesSelectionsOfCodes) {
  OneOpModel m("SELECT_V2");
  m.input({"c", DType::kBool, {1, 4}, {}});
  for (int k = 0; k < 2; ++k) m.input({"", DType::kInt8, {1, 4}, kQ});
  EXPECT_EQ(left(m.output(DType::kInt8, kQ)), "the output is int8");
}

/// What keeps the node from each release: lf-5.15.71, lf-6.1.55, lf-6.6.3, VeriSilicon 2025-01.
std::array<std::string, 4> left_by_release(const std::shared_ptr<const Model>& model, const Shape& output) {
  return {left(model, output, Delegate::kVxLf51571), left(model, output, Delegate::kVxLf6155),
          left(model, output, Delegate::kVxLf663), left(model, output, Delegate::kVx202501)};
}

using Reasons = std::array<std::string, 4>;

TEST(VxReleases, MapWhatTheirHistoryHas) {
  for (const char* op : {"CAST", "SHAPE", "GELU", "MIRROR_PAD", "SQUARED_DIFFERENCE"}) {
    OneOpModel m(op);
    m.input({"x", DType::kInt8, {4}, kQ});
    if (std::string(op) == "SQUARED_DIFFERENCE") m.input({"y", DType::kInt8, {4}, kQ});
    EXPECT_EQ(left_by_release(m.output(DType::kInt8, kQ), {4}),
              (Reasons{std::string("the VX delegate of NXP lf-5.15.71_2.2.0 does not support ") + op, "", "", ""}));
  }
}

TEST(VxReleases, Pack) {
  const auto packed = [](DType type, const Shape& shape) {
    OneOpModel m("PACK");
    for (int k = 0; k < 2; ++k) m.input({"", type, shape, kQ});
    return left_by_release(m.output(type, kQ), {2, 4});
  };
  const std::string int32 = "PACK of int32 in this release", flat = "PACK of int8 with one dimension in this release";
  EXPECT_EQ(packed(DType::kInt32, {2, 4}), (Reasons{int32, int32, int32, ""}));
  EXPECT_EQ(packed(DType::kInt8, {4}), (Reasons{flat, flat, flat, ""}));
  EXPECT_EQ(packed(DType::kInt8, {2, 4}), (Reasons{}));
}

TEST(VxReleases, BatchMatmul) {
  const auto product = [](DType a, DType b, DType out) {
    OneOpModel m("BATCH_MATMUL");
    m.input({"x", a, {1, 4, 8}, kQ});
    m.input({"y", b, {1, 8, 4}, kQ});
    return left_by_release(m.output(out, kQ), {1, 4, 4});
  };
  const std::string int8 = "an input is int8 in this release", mixed = "float32 with int8";
  EXPECT_EQ(product(DType::kInt8, DType::kInt8, DType::kInt8), (Reasons{int8, "", "", ""}));
  EXPECT_EQ(product(DType::kInt8, DType::kFloat32, DType::kFloat32), (Reasons{int8, mixed, mixed, mixed}));
  EXPECT_EQ(product(DType::kFloat32, DType::kInt8, DType::kFloat32), (Reasons{int8, "", "", mixed}));
}

TEST(VxReleases, ComputedShapesAndLargestPlaces) {
  OneOpModel reshape("RESHAPE"), largest("ARG_MAX");
  reshape.input({"x", DType::kInt8, {1, 4, 4, 8}, kQ});
  reshape.input({"shape", DType::kInt32, {1}, {}});
  const std::string computed = "input 'shape' is not a constant of the file";
  EXPECT_EQ(left_by_release(reshape.output(DType::kInt8, kQ), {128}), (Reasons{"", computed, computed, computed}));
  largest.input({"x", DType::kInt8, {1, 8}, kQ});
  largest.constant<std::int32_t>({}, {1});
  EXPECT_EQ(left_by_release(largest.output(DType::kInt32, {}), {1}),
            (Reasons{"from int8 to int32 in this release", "", "", ""}));
}

}  // namespace
}  // namespace nputwin::vx_delegate_test
