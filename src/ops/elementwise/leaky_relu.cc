// LEAKY_RELU: x where x >= 0, alpha * x below; PRELU: the same with an alpha for each element, broadcast.
//
//   fixed point  x = q - zp: out = MBQM(x, s_in/s_out) + zp_out where x >= 0, else MBQM(x, alpha*s_in/s_out) + zp_out,
//                for PRELU MBQM(x * (a - za), s_in*s_a/s_out); ratios in binary32
//                (TensorFlow Lite Micro: binary64). Source: TFLite activations.cc,
//                reference/leaky_relu.h, prelu.h.
//   eight bits   m = half_even(256 * ratio), one for each sign; out = (x*m + (zp_out << 8) + 128) >> 8. XNNPACK
//                qs8-vlrelu
//   binary32     y = (s_in/s_out)*x, times alpha below 0; out = half_even(y) + zp_out. QNNPACK leaky-relu.c
//   real         half_even(x * ratio + zp_out) in binary64
//   numbers      binary32

#include <cmath>

#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "ops/elementwise/code_table.h"
#include "ops/elementwise/pair_kernel.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::leaky_relu {
namespace {

/// XNNPACK rejects other ratios: the built-in kernel computes them.
bool eight_bits_take(float positive, float negative) {
  return positive >= 0x1p-8F && positive <= 0x1p+7F && negative >= -127.99609375F && negative <= 128.0F &&
         std::fabs(negative) >= 0x1p-8F;
}

CodeFunction leaky_rule(const PrepareContext& context, float alpha) {
  const TensorSpec &in = context.input(0), &out = context.output();
  const std::int32_t z_in = in.zero_point(), z_out = out.zero_point();
  const float positive = in.scale() / out.scale(), negative = positive * alpha;
  LeakyReluMethod method = context.profile->leaky_relu;
  if (method == LeakyReluMethod::kEightBits &&
      (in.type == DType::kInt16 || !std::isnormal(alpha) || !eight_bits_take(positive, negative)))
    method = context.fallback_profile().leaky_relu;
  switch (method) {
    case LeakyReluMethod::kEightBits: {
      const auto multiplier = [](float ratio) {
        return round_real(static_cast<double>(256.0F * ratio), Rounding::kHalfToEven);
      };
      return
          [=, mp = multiplier(positive), mn = multiplier(negative)](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
            const auto x = noted("quantized value - zero point", q - z_in);
            const std::int32_t m = x >= 0 ? mp : mn;
            const auto product = noted("times the multiplier", times("multiplier, in 1/256", to<std::int64_t>(x), m));
            return shift_right_rounded(product, 8, Rounding::kHalfUp) + z_out;
          };
    }
    case LeakyReluMethod::kBinary32:
      return [=](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
        const auto x = noted("quantized value - zero point, times the ratio",
                             times("ratio of the scales", to<float>(q - z_in), positive));
        const auto y = x < 0 ? noted("times alpha", x * alpha) : x;
        return to<std::int64_t>(round_real(to<double>(y), Rounding::kHalfToEven)) + z_out;
      };
    case LeakyReluMethod::kReal:
      return [=, real = context.real()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
        const auto x = noted("quantized value - zero point", q - z_in);
        const float ratio = x >= 0 ? positive : negative;
        return real.code(noted("times the ratio", times("ratio", x, static_cast<double>(ratio))), z_out);
      };
    case LeakyReluMethod::kFixedPoint:
      break;
  }
  const double slope = context.ratio(in.scale(), alpha, out.scale());
  const QuantizedMultiplier mp = quantize_multiplier(context.ratio(in.scale(), 1, out.scale())),
                            mn = quantize_multiplier(std::fabs(slope));
  return
      [=, sign = slope < 0 ? -1 : 1, multiply = context.multiply()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
        const auto x = noted("quantized value - zero point", q - z_in);
        if (x >= 0) return to<std::int64_t>(multiply(x, mp)) + z_out;
        return std::int64_t{sign} * to<std::int64_t>(multiply(x, mn)) + z_out;
      };
}

struct LeakyNumber {
  float alpha;
  bool operator==(const LeakyNumber&) const = default;
  template <typename N>
  N operator()(const N& x) const {
    return x > 0 ? x : N(x * alpha);
  }
};

Result<std::unique_ptr<Kernel>> prepare_leaky(const PrepareContext& context) {
  const auto alpha = static_cast<float>(context.attributes->real("alpha"));
  if (!std::isfinite(alpha)) return error("alpha is {}, expected a finite number", alpha);
  if (all_of_type(context, 1, DType::kFloat32)) return unary_kernel<float, float>(LeakyNumber{alpha});
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  return code_kernel(context, leaky_rule(context, alpha));
}

PairRule prelu_rule(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &alpha = context.input(1), &out = context.output();
  const std::int32_t z_in = in.zero_point(), z_alpha = alpha.zero_point(), z_out = out.zero_point();
  const float positive = in.scale() / out.scale(), negative = in.scale() * alpha.scale() / out.scale();
  if (context.profile->leaky_relu == LeakyReluMethod::kReal) {
    return PairRule::same([=, real = context.real()](const auto& q, const auto& a) -> Wide<std::decay_t<decltype(q)>> {
      const auto x = noted("quantized value - zero point", q - z_in);
      const auto y = x >= 0 ? x * static_cast<double>(positive) : x * (a - z_alpha) * static_cast<double>(negative);
      return real.code(noted("times the ratio", y), z_out);
    });
  }
  const QuantizedMultiplier mp = quantize_multiplier(context.ratio(in.scale(), 1, out.scale())),
                            mn = quantize_multiplier(context.ratio(in.scale(), alpha.scale(), out.scale()));
  return PairRule::same(
      [=, multiply = context.multiply()](const auto& q, const auto& a) -> Wide<std::decay_t<decltype(q)>> {
        const auto x = noted("quantized value - zero point", q - z_in);
        if (x >= 0) return to<std::int64_t>(multiply(x, mp)) + z_out;
        return to<std::int64_t>(multiply(noted("times alpha - its zero point", x * (a - z_alpha)), mn)) + z_out;
      });
}

Result<Shapes> prelu_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(Shapes shapes, broadcast_shapes(node));
  if (shapes[0] != node.input(0).shape)
    return error("alpha {} does not broadcast to {}", to_string(node.input(1).shape), to_string(node.input(0).shape));
  return shapes;
}

Result<std::unique_ptr<Kernel>> prepare_prelu(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32))
    return binary_kernel<float, float, float>(context, [](const auto& x, const auto& a) { return x >= 0 ? x : x * a; });
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2));
  return pair_kernel(context, prelu_rule(context), code_range(context.output().type));
}

}  // namespace

const OpDefinition& leaky_relu_op() {
  static constexpr OpDefinition kOp{"LEAKY_RELU", unary_shapes, prepare_leaky, Family::kLeakyRelu};
  return kOp;
}
const OpDefinition& prelu_op() {
  static constexpr OpDefinition kOp{"PRELU", prelu_shapes, prepare_prelu, Family::kLeakyRelu};
  return kOp;
}

}  // namespace nputwin::ops::leaky_relu
