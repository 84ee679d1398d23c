// SQUARED_DIFFERENCE, int8 (sub then pow: uint8 too) or numbers.
//
//   fixed point   a' = MBQM((a - za) * 2^7, s_a / (2 max)), b' likewise, max = the larger input
// scale; out = MBQM((a' - b')^2, (2 max)^2 / (2^14 s_out)) + zp. Source: TFLite squared_difference.cc.
//   sub then pow  d = the profile's SUB of a and b with the output's quantization, clamped to the output's range;
//                 out = code(d^2 / s_out) by the RealRule.
//                 Source: tflite-vx-delegate op_map.cc, SquareDifferenceMapper.

#include <algorithm>

#include "ops/checks.h"
#include "ops/elementwise/add.h"
#include "ops/elementwise/broadcast.h"
#include "ops/elementwise/pair_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::squared_difference {
namespace {

PairRule rule_for(const TensorSpec& a, const TensorSpec& b, const TensorSpec& out, FixedPointMultiply multiply) {
  const double twice = 2 * static_cast<double>(std::max(a.scale(), b.scale()));
  const QuantizedMultiplier ma = quantize_multiplier(static_cast<double>(a.scale()) / twice),
                            mb = quantize_multiplier(static_cast<double>(b.scale()) / twice),
                            mo = quantize_multiplier(twice * twice / (16384 * static_cast<double>(out.scale())));
  const std::int32_t za = a.zero_point(), zb = b.zero_point(), zero = out.zero_point();
  return PairRule::same([=](const auto& x, const auto& y) -> Wide<std::decay_t<decltype(x)>> {
    const auto a_scaled = multiply(noted("a - its zero point", x - za) * 128, ma);
    const auto b_scaled = multiply(noted("b - its zero point", y - zb) * 128, mb);
    const auto d = noted("difference", a_scaled - b_scaled);
    const auto square = noted("its square", d * d);  // d under 2^15
    return to<std::int64_t>(multiply(square, mo)) + zero;
  });
}

Result<PairRule> sub_then_pow(const PrepareContext& context) {
  const TensorSpec& out = context.output();
  NPUTWIN_ASSIGN_OR_RETURN(const PairRule difference, add::difference_rule(context));
  return PairRule::same(
      [sub = difference.tail, real = context.real(), so = static_cast<double>(out.scale()), zero = out.zero_point(),
       range = code_range(out.type)](const auto& x, const auto& y) -> Wide<std::decay_t<decltype(x)>> {
        const auto code = noted("difference, a quantized value", clamped<std::int64_t>(sub(x, y), range.lo, range.hi));
        const auto value = noted("as a real number", to<double>(code - zero) * so);
        return real.code(noted("its square over the output's scale", value * value / so), zero);
      });
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32))
    return binary_kernel<float, float, float>(context, [](const auto& a, const auto& b) { return (a - b) * (a - b); });
  if (all_of_type(context, 2, DType::kInt32)) {
    return binary_kernel<std::int32_t, std::int32_t, std::int32_t>(context, [](const auto& a, const auto& b) {
      const auto d = wrapping_sub(a, b);
      return wrapping_mul(d, d);
    });
  }
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2));
  if (context.profile->squared_difference == SquaredDifferenceMethod::kSubThenPow) {
    NPUTWIN_ASSIGN_OR_RETURN(PairRule rule, sub_then_pow(context));
    return pair_kernel(context, std::move(rule), code_range(context.output().type));
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kInt8}, "output"));
  return pair_kernel(context, rule_for(context.input(0), context.input(1), context.output(), context.multiply()),
                     code_range(DType::kInt8));
}

}  // namespace

const OpDefinition& squared_difference_op() {
  static constexpr OpDefinition kOp{"SQUARED_DIFFERENCE", broadcast_shapes, prepare, Family::kArithmetic};
  return kOp;
}

}  // namespace nputwin::ops::squared_difference
