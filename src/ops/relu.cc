// RELU, RELU6, RELU_0_TO_1, RELU_N1_TO_1 as ops of their own, 8-bit:
//
//   out = clamp(requantize(rule, in - zp_in, s_in / s_out) + zp_out, bounds as codes)
//
// The ratio is formed in binary32. Source: TFLite activations.cc, QuantizedReluX.

#include "ops/code_table.h"
#include "ops/common.h"

namespace nputwin {
namespace {

template <Activation activation>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  const TensorSpec& out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange range, activation_range(out, activation));
  RequantizeRule rule = context.profile->relu;
  rule.scale = RequantizeRule::Scale::kBinary32;
  const Rescale ratio = make_rescale(rule, in.scale(), 1.0F, out.scale());
  return std::make_unique<CodeTableKernel>(code_table(in.type, out.type, [&](std::int32_t q) -> std::int64_t {
    const std::int32_t y = requantize(rule, q - in.zero_point(), ratio, out.zero_point());
    return y < range.lo ? range.lo : y > range.hi ? range.hi : y;
  }));
}

}  // namespace

const OpDefinition& relu_op() {
  static constexpr OpDefinition kOp{"RELU", unary_shapes, prepare<Activation::kRelu>};
  return kOp;
}
const OpDefinition& relu6_op() {
  static constexpr OpDefinition kOp{"RELU6", unary_shapes, prepare<Activation::kRelu6>};
  return kOp;
}
const OpDefinition& relu_0_to_1_op() {
  static constexpr OpDefinition kOp{"RELU_0_TO_1", unary_shapes, prepare<Activation::kRelu0To1>};
  return kOp;
}
const OpDefinition& relu_n1_to_1_op() {
  static constexpr OpDefinition kOp{"RELU_N1_TO_1", unary_shapes, prepare<Activation::kReluN1To1>};
  return kOp;
}

}  // namespace nputwin
