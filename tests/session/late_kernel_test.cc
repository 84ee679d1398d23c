// Operands that come while the model runs, values that an op does not allow, tensors without elements.

#include "session/late_kernel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/profile.h"
#include "support/model_builder.h"

namespace nputwin::test::late_kernel_test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// One op over int8 codes 0, 1, 2, … of shape `in`, whose other input is an input of the model.
class WithOperand {
 public:
  WithOperand(const char* op, const Shape& in, const Shape& operand, const Shape& out,
              const Attributes& attributes = {}) {
    ModelBuilder b;
    const int x = b.tensor("x", DType::kInt8, in, 0.5F, 0), c = b.tensor("c", DType::kInt32, operand);
    b.op(op, {x, c}, {b.tensor("y", DType::kInt8, out, 0.5F, 0)}, attributes);
    b.inputs({x, c}), b.outputs({2});
    session_.emplace(Session::prepare(b.read(), find_profile("tflite-2.14-x86-builtin").value(), {}).value());
    std::vector<std::int8_t> codes;
    for (int i = 0; i < element_count(in).value(); ++i) codes.push_back(static_cast<std::int8_t>(i));
    EXPECT_TRUE(session_->set_input(0, {&session_->input_spec(0), std::as_bytes(std::span(codes))}));
  }

  /// The codes, or the error's text in `refusal`.
  std::vector<int> run(const std::vector<std::int32_t>& operand) {
    EXPECT_TRUE(session_->set_input(1, {&session_->input_spec(1), std::as_bytes(std::span(operand))}));
    const Status ran = session_->run();
    refusal = ran ? "" : ran.error().message;
    const auto out = session_->output(0).as<std::int8_t>();
    return ran ? std::vector<int>(out.begin(), out.end()) : std::vector<int>();
  }

  std::string refusal;

 private:
  std::optional<Session> session_;
};

TEST(LateKernel, EachRunHasItsOwnOperands) {
  WithOperand gather("GATHER", {4}, {2}, {2}, Attributes{{"axis", 0}});
  EXPECT_THAT(gather.run({3, 0}), ElementsAre(3, 0));
  EXPECT_THAT(gather.run({1, 1}), ElementsAre(1, 1));

  WithOperand transpose("TRANSPOSE", {2, 2}, {2}, {2, 2});
  EXPECT_THAT(transpose.run({1, 0}), ElementsAre(0, 2, 1, 3));
  EXPECT_THAT(transpose.run({0, 1}), ElementsAre(0, 1, 2, 3));

  WithOperand tile("TILE", {2}, {1}, {4});
  EXPECT_THAT(tile.run({2}), ElementsAre(0, 1, 0, 1));
}

TEST(LateKernel, ValuesThatTheOpDoesNotAllowStopTheRun) {
  WithOperand gather("GATHER", {4}, {2}, {2}, Attributes{{"axis", 0}});
  gather.run({3, 4});
  EXPECT_EQ(gather.refusal, "built.tflite: op 0 GATHER: index 4 is outside dimension 0 of [4]");
  EXPECT_THAT(gather.run({3, 2}), ElementsAre(3, 2));
}

TEST(LateKernel, AnotherShapeThanTheFilesStopsTheRun) {
  WithOperand tile("TILE", {2}, {1}, {4});
  tile.run({3});
  EXPECT_THAT(tile.refusal, HasSubstr("op 0 TILE: its output 'y' has shape [6] with the values that came, and the file "
                                      "says [4]"));
}

TEST(RunFault, TheInverseRootOfANegativeNumber) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {3}, 0.5F, -1);
  b.op("RSQRT", {x}, {b.tensor("y", DType::kInt8, {3}, 0.5F, 0)});
  b.inputs({x}), b.outputs({1});
  Session session = Session::prepare(b.read(), find_profile("tflite-2.14-x86-builtin").value(), {}).value();
  const auto run = [&](const std::vector<std::int8_t>& codes) {
    EXPECT_TRUE(session.set_input(0, {&session.input_spec(0), std::as_bytes(std::span(codes))}));
    const Status ran = session.run();
    return ran ? std::string() : ran.error().message;
  };
  EXPECT_EQ(run({0, -1, 9}), "");
  EXPECT_EQ(
      run({0, -2, 9}),
      "built.tflite: op 0 RSQRT: element 1 of input 0 is -2, a negative number (the zero point is -1): the runtime "
      "stops");
}

TEST(EmptyTensors, ConstantsWithoutElementsHaveNoData) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {1}, 0.5F, 0), shape = b.constant<std::int32_t>("shape", {0}, {});
  b.op("RESHAPE", {x, shape}, {b.tensor("y", DType::kInt8, {}, 0.5F, 0)});
  b.inputs({x}), b.outputs({2});
  const Session session = Session::prepare(b.read(), find_profile("tflite-2.14-x86-builtin").value(), {}).value();
  EXPECT_EQ(session.output(0).spec->shape, Shape{});
}

TEST(EmptyTensors, RunToNothing) {
  ModelBuilder b;
  const int x = b.tensor("x", DType::kInt8, {3, 0}, 0.5F, 0);
  b.op("RELU", {x}, {b.tensor("y", DType::kInt8, {3, 0}, 0.5F, 0)});
  b.inputs({x}), b.outputs({1});
  Session session = Session::prepare(b.read(), find_profile("tflite-2.14-x86-builtin").value(), {}).value();
  EXPECT_EQ(session.input_spec(0).shape, (Shape{3, 0}));
  EXPECT_TRUE(session.run());
}

}  // namespace
}  // namespace nputwin::test::late_kernel_test
