// QUANTIZE: float32 to 8 or 16 bits, and codes to codes of 8, 16 or 32 bits (requantize). v real, q code, s scales, zp
// the output's zero point:
//
// float -> codes
//   divide, half away        half_away(v / s) + zp                  TFLite reference/quantize.h
//   reciprocal, half away   half_away(v * (1/s)) + zp               reference/quantize.h as compiled for AArch64 before
//                           LiteRT
//   divide wide             the same with v / s in binary64           TFLite optimized_ops.h without vector code
//   reciprocal, half even    half_even(v * (1/s)) + zp              XNNPACK f32-qs8-vcvt
//   reciprocal vectorized    the same; the last size mod 8 elements half_away(v / s) with s in binary64. TFLite
//                            optimized_ops.h
//   divide, even with zp     half_even(v / s + zp) in binary32      VIP
// codes -> codes
//   scalar       MBQM(q - z_in, s_in/s_out) + zp                    TFLite reference/requantize.h
//   vectorized   8 bits to 8 bits: blocks of 16 break the second tie upward     TFLite optimized_ops.h
//   eight bits   m = half_even(256 s_in/s_out); ((q - z_in)*m + 128) >> 8, + zp     XNNPACK qs8-vcvt
//   real         half_even((q - z_in) * ratio + zp), the ratio in binary32

#include <cmath>

#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin::ops::quantize {
namespace {

class QuantizeFloat final : public Kernel {
 public:
  explicit QuantizeFloat(QuantizeMethod method) : method_(method) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const float scale = context.outputs[0].spec->scale(), reciprocal = 1.0F / scale;
    const auto zero = static_cast<float>(context.outputs[0].spec->zero_point());
    const auto divided = [&](float v) { return v / scale; };
    const auto divided_wide = [&](float v) { return static_cast<double>(v) / static_cast<double>(scale); };
    const auto away = [](double v) { return round_real(v, Rounding::kHalfAwayFromZero); };
    const auto multiplied = [&](float v) { return v * reciprocal; };
    const std::int32_t zero_point = context.outputs[0].spec->zero_point();
    switch (method_) {
      case QuantizeMethod::kDivideHalfAway:
        return fill(context, 0, in.size(), divided, round_half_away_small, zero_point);
      case QuantizeMethod::kDivideWideHalfAway:
        return fill(context, 0, in.size(), divided_wide, away, zero_point);
      case QuantizeMethod::kReciprocalHalfAway:
        return fill(context, 0, in.size(), multiplied, round_half_away_small, zero_point);
      case QuantizeMethod::kReciprocalHalfEven:
        return fill(context, 0, in.size(), multiplied, round_half_even_small, zero_point);
      case QuantizeMethod::kReciprocalVectorized: {
        const std::size_t whole = in.size() - in.size() % 8;
        fill(context, 0, whole, multiplied, round_half_even_small, zero_point);
        return fill(context, whole, in.size(), divided_wide, away, zero_point);
      }
      case QuantizeMethod::kDivideHalfEvenWithZero:
        return fill(
            context, 0, in.size(), [&](float v) { return v / scale + zero; }, round_half_even_small, 0);
    }
  }

 private:
  template <typename Scale, typename Round>
  static void fill(const RunContext& context, std::size_t begin, std::size_t end, Scale&& scaled, Round&& round,
                   std::int32_t zero_point) {
    using Real = std::invoke_result_t<Scale, float>;
    constexpr Real kFar = 1000000;  // far outside any type, inside what the small roundings take
    const auto in = context.inputs[0].as<float>();
    const CodeRange range = code_range(context.outputs[0].spec->type);
    with_code_type(context.outputs[0].spec->type, [&](auto code) {
      using T = decltype(code);
      const auto out = context.outputs[0].as<T>();
      for (std::size_t i = begin; i < end; ++i) {
        Real v = scaled(in[i] == in[i] ? in[i] : 0.0F);  // a NaN counts as 0
        v = v > -kFar ? (v < kFar ? v : kFar) : -kFar;   // 0 times an infinite 1/s is a NaN, and goes down
        const std::int32_t y = round(v) + zero_point;
        out[i] = static_cast<T>(y < range.lo ? range.lo : y > range.hi ? range.hi : y);
      }
    });
  }

  QuantizeMethod method_;
};

std::unique_ptr<Kernel> requantize_kernel(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  RequantizeMethod method = context.profile->requantize;
  const std::int32_t z_in = in.zero_point(), z_out = out.zero_point();
  const double ratio = static_cast<double>(in.scale()) / static_cast<double>(out.scale());
  const float ratio32 = in.scale() / out.scale();
  // XNNPACK rejects other types and ratios: the built-in kernel computes them.
  if (method == RequantizeMethod::kEightBits && (in.type != out.type || ratio32 < 0x1p-8F || ratio32 > 0x1p+7F))
    method = context.fallback_profile().requantize;
  if (in.scale() == out.scale())
    return code_kernel(context, [=](std::int32_t q) { return std::int64_t{q} - z_in + z_out; });
  if (method == RequantizeMethod::kEightBits) {
    const std::int32_t m = round_real(static_cast<double>(256.0F * ratio32), Rounding::kHalfToEven);
    return code_kernel(context, [=](std::int32_t q) -> std::int64_t {
      return shift_right_rounded<std::int64_t>(std::int64_t{q - z_in} * m, 8, Rounding::kHalfUp) + z_out;
    });
  }
  if (method == RequantizeMethod::kReal) {
    return code_kernel(context, [=, real = context.real()](std::int32_t q) -> std::int64_t {
      return real.code(static_cast<double>(std::int64_t{q} - z_in) * static_cast<double>(ratio32), z_out);
    });
  }
  const QuantizedMultiplier m = quantize_multiplier(ratio);
  const auto mbqm = [=, multiply = context.multiply()](Rounding second) -> CodeFunction {
    return [=](std::int32_t q) -> std::int64_t {
      return std::int64_t{multiply(wrap_int32(std::int64_t{q} - z_in), m, second)} + z_out;
    };
  };
  if (method == RequantizeMethod::kScalar || !is_8bit(in.type) || !is_8bit(out.type))
    return code_kernel(context, mbqm(Rounding::kHalfAwayFromZero));
  return std::make_unique<CodeTableKernel>(code_table(in.type, out.type, mbqm(Rounding::kHalfUp)),
                                           code_table(in.type, out.type, mbqm(Rounding::kHalfAwayFromZero)), 16);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(out, "output"));
  if (in.type == DType::kFloat32) {
    NPUTWIN_RETURN_IF_ERROR(check_type(out, {DType::kInt8, DType::kUInt8, DType::kInt16}, "output"));
    return std::make_unique<QuantizeFloat>(context.profile->quantize);
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(out, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(in, "input"));
  return requantize_kernel(context);
}

}  // namespace

const OpDefinition& quantize_op() {
  static constexpr OpDefinition kOp{"QUANTIZE", unary_shapes, prepare, Family::kQuantize};
  return kOp;
}

}  // namespace nputwin::ops::quantize
