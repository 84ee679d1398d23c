// RELU, RELU6, RELU_0_TO_1, RELU_N1_TO_1 as ops of their own:
//
//   codes     out = clamp(requantize(rule, in - zp_in, s_in / s_out) + zp_out, bounds as codes), the ratio in binary32
//   numbers   clamp
//
// Source: TFLite activations.cc, QuantizedReluX.

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::relu {
namespace {

template <Activation activation>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (all_of_type(context, 1, DType::kFloat32)) {
    constexpr float kLo = activation == Activation::kReluN1To1 ? -1 : 0;
    constexpr float kHi = activation == Activation::kRelu    ? std::numeric_limits<float>::infinity()
                          : activation == Activation::kRelu6 ? 6
                                                             : 1;
    return unary_kernel<float, float>([](float x) { return x < kLo ? kLo : x > kHi ? kHi : x; });
  }
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange range, activation_range(out, activation));
  RequantizeRule rule = context.profile->relu;
  rule.scale = RequantizeRule::Scale::kBinary32;
  const EffectiveMultiplier ratio = effective_multiplier(rule, in.scale(), 1.0F, out.scale());
  return code_kernel(context, [=, z_in = in.zero_point(), z_out = out.zero_point()](std::int32_t q) -> std::int64_t {
    const std::int32_t y = requantize(rule, q - z_in, ratio, z_out);
    return y < range.lo ? range.lo : y > range.hi ? range.hi : y;
  });
}

}  // namespace

const OpDefinition& relu_op() {
  static constexpr OpDefinition kOp{"RELU", unary_shapes, prepare<Activation::kRelu>, Family::kRelu};
  return kOp;
}
const OpDefinition& relu6_op() {
  static constexpr OpDefinition kOp{"RELU6", unary_shapes, prepare<Activation::kRelu6>, Family::kRelu};
  return kOp;
}
const OpDefinition& relu_0_to_1_op() {
  static constexpr OpDefinition kOp{"RELU_0_TO_1", unary_shapes, prepare<Activation::kRelu0To1>, Family::kRelu};
  return kOp;
}
const OpDefinition& relu_n1_to_1_op() {
  static constexpr OpDefinition kOp{"RELU_N1_TO_1", unary_shapes, prepare<Activation::kReluN1To1>, Family::kRelu};
  return kOp;
}

}  // namespace nputwin::ops::relu
