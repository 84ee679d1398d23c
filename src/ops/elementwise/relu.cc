// RELU, RELU6, RELU_0_TO_1, RELU_N1_TO_1 as ops of their own:
//
//   codes     out = clamp(requantize(rule, in - zp_in, s_in / s_out) + zp_out, bounds as codes), the ratio in binary32;
//             TensorFlow Lite Micro: in binary64, and RELU6 clamp(in, the input's codes of 0 and 6), whose scale counts
//             for the output too
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

struct Clamp {
  NumberRange<float> range;
  bool operator==(const Clamp&) const = default;
  auto operator()(const auto& x) const { return range.clamp(x); }
};

template <Activation activation>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (all_of_type(context, 1, DType::kFloat32)) {
    const float most = activation == Activation::kRelu    ? std::numeric_limits<float>::infinity()
                       : activation == Activation::kRelu6 ? 6.0F
                                                          : 1.0F;
    return unary_kernel<float, float>(Clamp{{activation == Activation::kReluN1To1 ? -1.0F : 0.0F, most}});
  }
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange range, activation_range(out, activation));
  if (activation == Activation::kRelu6 && context.profile->relu6_clamps_input) {
    NPUTWIN_ASSIGN_OR_RETURN(const CodeRange codes, activation_range(in, activation));
    return code_kernel(context, [=](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
      return to<std::int64_t>(clamped(q, codes.lo, codes.hi));
    });
  }
  const RequantizeRule rule = context.with_ratio(context.profile->relu);
  const EffectiveMultiplier ratio = effective_multiplier(rule, in.scale(), 1.0F, out.scale());
  return code_kernel(
      context, [=, z_in = in.zero_point(), z_out = out.zero_point()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
        const auto centred = noted("quantized value - zero point", q - z_in);
        const auto y = requantize(rule, to<std::int64_t>(centred), ratio, z_out);
        return to<std::int64_t>(clamped(y, range.lo, range.hi));
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
