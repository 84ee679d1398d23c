// LOGISTIC, 1 / (1 + exp(-x)), and TANH. 8-bit: a table of 256 codes, by the profile's table rule or
//
//   fixed point   q = MBQM(code - zp, s_in * 2^27) in Q4.27; out = RDByPOT(f(q), 31 - 8) - 128, for TANH RDByPOT(f(q),
//                 31 - 7); codes beyond the radius floor(15 * 2^27 / 2^shift) saturate. TFLM,
//                 reference/integer_ops/logistic.h, tanh.h
//
// int16: an interpolated table of 256 values of
// 1/(1 + exp(-i/24)), the input brought to 1/12288 by an integer multiplier; where the input's scale is a power of two
// (LOGISTIC 2^-12, TANH 2^-12 or 2^-11) optimised kernels take gemmlowp's functions in Q3.12 instead. Numbers:
// binary32. TFLite fixes LOGISTIC's output to scale 1/256 and zero point -128 (int8) or 0 (uint8), int16 outputs to
// 1/32768; XNNPACK and the real function (chips) have any scale.
// Source: TFLite activations.cc, reference/integer_ops/logistic.h, tanh.h, optimized_ops.h.

#include <cmath>

#include "fixed/interpolated_table.h"
#include "fixed/real_functions.h"
#include "fixed/traced_fixed_point.h"
#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "profile/profile.h"

namespace nputwin::ops::logistic {
namespace {

constexpr int kIntegerBits = 3;

/// TFLite's preparation of the multiplier to 1/12288: doubled while it stays under 2^14, then cut off. From a scale of
/// 5.33 on a large code times the multiplier exceeds 32 bits and wraps, as runtimes do (measured). Beyond kLargestScale
/// the multiplier itself does not fit, which no runtime defines.
struct InputScale {
  static constexpr float kLargestScale = 174762.0F;  // 2^31 / 12288
  std::int32_t multiplier;
  int right = 0;

  explicit InputScale(double scale) {
    double m = scale * 4096.0 * 3.0;
    for (; m <= 32767.0 / 2 && right <= 30; ++right) m *= 2;
    multiplier = static_cast<std::int32_t>(m);
  }
  InputScale(std::int32_t m) : multiplier(m) {}
};

template <bool is_tanh>
Result<std::unique_ptr<Kernel>> prepare_int16(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  if (context.output().scale() != 1.0F / 32768)
    return error("output '{}' has scale {}, expected 1/32768", context.output().name, context.output().scale());
  if (context.input(0).scale() > InputScale::kLargestScale)
    return error("input '{}' has scale {}, expected at most {}: the multiplier would exceed 32 bits",
                 context.input(0).name, context.input(0).scale(), InputScale::kLargestScale);
  int exponent = 0;
  const bool power = std::frexp(context.input(0).scale(), &exponent) == 0.5F;
  const int left = 15 - kIntegerBits + exponent - 1;
  const bool fixed_point = power && (left == 0 || (is_tanh && left == 1));
  if (fixed_point && context.profile->int16_functions == Int16FunctionMethod::kFixedPoint) {
    return code_kernel(context, [=](const auto& q) {
      const auto scaled = noted("in Q3.12", saturating_multiply_by_pot(to<std::int16_t>(q), left));
      return to<std::int64_t>(is_tanh ? fixed_tanh(scaled, kIntegerBits) : fixed_logistic(scaled, kIntegerBits));
    });
  }
  const InputScale scale =
      fixed_point ? InputScale(3 << left) : InputScale(static_cast<double>(context.input(0).scale()));
  if (std::int64_t{scale.multiplier} * -INT16_MIN > INT32_MAX) {
    context.warn(
        fmt::format("input '{}' has scale {}: from 5.33 on the kernel's product of a large value and its "
                    "multiplier leaves 32 bits and wraps, so that the function has jumps",
                    context.input(0).name, context.input(0).scale()));
  }
  return code_kernel(context, [scale, table = SigmoidTable()](const auto& q) {
    const std::int32_t half = scale.right > 0 ? 1 << (scale.right - 1) : 0;
    const auto scaled =
        noted("in steps of 1/12288", wrap_int32(to<std::int64_t>(q) * scale.multiplier + half) >> scale.right);
    return to<std::int64_t>(is_tanh ? table.tanh(scaled) : table.logistic(scaled));
  });
}

bool fixed_point(const PrepareContext& context) {
  return context.input(0).type == DType::kInt8 && context.profile->int8_functions == Int8FunctionMethod::kFixedPoint;
}

template <bool is_tanh>
Result<std::unique_ptr<Kernel>> prepare_fixed_point(const PrepareContext& context) {
  constexpr int kBits = 4, kOutputBits = is_tanh ? 7 : 8;
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
  const QuantizedMultiplier m = quantize_multiplier(static_cast<double>(in.scale()) * (1 << (31 - kBits)));
  const std::int32_t radius = round_real(
      std::ldexp(static_cast<double>(((1 << kBits) - 1)) * (1 << (31 - kBits)), -m.exponent), Rounding::kFloor);
  return code_kernel(
      context,
      [=, zero = in.zero_point(), multiply = context.multiply()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
        const auto x = noted("quantized value - zero point", q - zero);
        if (x <= -radius) return std::int64_t{INT32_MIN};
        if (x >= radius) return std::int64_t{INT32_MAX};
        const auto scaled = noted("in Q4.27", multiply(x, m));
        const auto y =
            noted("the function in Q0.31", is_tanh ? fixed_tanh(scaled, kBits) : fixed_logistic(scaled, kBits));
        return to<std::int64_t>(rounding_divide_by_pot(y, 31 - kOutputBits)) - (is_tanh ? 0 : 128);
      });
}

Result<std::unique_ptr<Kernel>> prepare_logistic(const PrepareContext& context) {
  if (context.input(0).type == DType::kInt16) return prepare_int16<false>(context);
  if (context.input(0).type != DType::kFloat32) {
    NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
    const bool micro = context.profile->registry == OpRegistry::kTflm;  // checks the zero point alone
    const bool any_scale = context.delegated() || context.profile->table == TableMethod::kReal ||
                           (micro && context.output().zero_point() == code_range(context.output().type).lo);
    if (!any_scale) NPUTWIN_RETURN_IF_ERROR(check_probabilities(context.output()));
  }
  if (fixed_point(context)) return prepare_fixed_point<false>(context);
  return real_function_kernel(context, RealFunction::of(LogisticFunction{}));
}

Result<std::unique_ptr<Kernel>> prepare_tanh(const PrepareContext& context) {
  if (context.input(0).type == DType::kInt16) return prepare_int16<true>(context);
  if (fixed_point(context)) return prepare_fixed_point<true>(context);
  return real_function_kernel(context, RealFunction::of(TanhFunction{}));
}

}  // namespace

const OpDefinition& logistic_op() {
  static constexpr OpDefinition kOp{"LOGISTIC", unary_shapes, prepare_logistic, Family::kTable,
                                    Family::kNumberFunctions};
  return kOp;
}
const OpDefinition& tanh_op() {
  static constexpr OpDefinition kOp{"TANH", unary_shapes, prepare_tanh, Family::kTable, Family::kNumberFunctions};
  return kOp;
}

}  // namespace nputwin::ops::logistic
