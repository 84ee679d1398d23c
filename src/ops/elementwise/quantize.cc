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

#include "kernels/convert/convert.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin::ops::quantize {
namespace {

class QuantizeFloat final : public ComparableKernel<QuantizeFloat> {
 public:
  QuantizeFloat(QuantizeMethod method, const Isa& isa) : method_(method), isa_(isa) {
    if (!isa.scalar()) kernels_ = convert_codes(isa);
  }

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const std::size_t whole = whole_of(in.size());
    if (by_vectors()) {
      with_code_type(context.outputs[0].spec->type, [&](auto code) {
        const auto quantize = kernels_.of(code).quantize;
        quantize(form_of(*context.outputs[0].spec), in.data(), static_cast<std::int64_t>(whole),
                 context.outputs[0].as<decltype(code)>().data());
      });
      by_method(context, false, [&](const auto& code) { fill(context, whole, in.size(), code); });
      return;
    }
    by_method(context, true, [&](const auto& code) { fill(context, 0, whole, code); });
    if (whole < in.size()) by_method(context, false, [&](const auto& code) { fill(context, whole, in.size(), code); });
  }
  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const bool vector =
        static_cast<std::size_t>(element) < whole_of(static_cast<std::size_t>(context.inputs[0].spec->elements()));
    by_method(context, vector, [&](const auto& code) {
      const auto v = explained_input<float>(context, 0, element, "v", trace);
      explained_code(code(v), code_range(context.outputs[0].spec->type), trace);
    });
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(method_); }
  [[nodiscard]] KernelForm form() const override {
    if (by_vectors()) return {"convert_codes", isa_.name, {}, {}};
    return {"scalar", "scalar", {{"convert_codes", isa_.scalar() ? kScalarAskedFor : "it divides in binary64"}}, {}};
  }

 private:
  [[nodiscard]] bool by_vectors() const { return !isa_.scalar() && method_ != QuantizeMethod::kDivideWideHalfAway; }
  /// What by_method says of vector code.
  [[nodiscard]] QuantizeForm form_of(const TensorSpec& out) const {
    const bool divides =
        method_ == QuantizeMethod::kDivideHalfAway || method_ == QuantizeMethod::kDivideHalfEvenWithZero;
    const bool half_away = method_ == QuantizeMethod::kDivideHalfAway || method_ == QuantizeMethod::kReciprocalHalfAway;
    const CodeRange range = code_range(out.type);
    QuantizeForm form{
        divides ? out.scale() : 1.0F / out.scale(), divides, half_away, 0, out.zero_point(), range.lo, range.hi};
    if (method_ == QuantizeMethod::kDivideHalfEvenWithZero) form.inside = static_cast<float>(form.zero), form.zero = 0;
    return form;
  }

  /// How many elements vector code takes, which has a rule of its own.
  [[nodiscard]] std::size_t whole_of(std::size_t size) const {
    return method_ == QuantizeMethod::kReciprocalVectorized ? size - size % 8 : size;
  }

  /// Calls f(function from a real number to its code before the clamp).
  template <typename F>
  void by_method(const RunContext& context, bool vector, F&& f) const {
    const float scale = context.outputs[0].spec->scale(), reciprocal = 1.0F / scale;
    const std::int32_t zero_point = context.outputs[0].spec->zero_point();
    const auto zero = static_cast<float>(zero_point);
    const auto divided = [=](const auto& v) { return v / scale; };
    const auto divided_wide = [=](const auto& v) { return to<double>(v) / static_cast<double>(scale); };
    const auto multiplied = [=](const auto& v) { return v * reciprocal; };
    const auto small_away = [](const auto& v) { return round_half_away_small(v); };
    const auto small_even = [](const auto& v) { return round_half_even_small(v); };
    const auto away = [](const auto& v) { return round_real(v, Rounding::kHalfAwayFromZero); };
    switch (method_) {
      case QuantizeMethod::kDivideHalfAway:
        return f(code_of(divided, small_away, zero_point));
      case QuantizeMethod::kDivideWideHalfAway:
        return f(code_of(divided_wide, away, zero_point));
      case QuantizeMethod::kReciprocalHalfAway:
        return f(code_of(multiplied, small_away, zero_point));
      case QuantizeMethod::kReciprocalHalfEven:
        return f(code_of(multiplied, small_even, zero_point));
      case QuantizeMethod::kReciprocalVectorized:
        return vector ? f(code_of(multiplied, small_even, zero_point)) : f(code_of(divided_wide, away, zero_point));
      case QuantizeMethod::kDivideHalfEvenWithZero:
        return f(code_of([=](const auto& v) { return v / scale + zero; }, small_even, 0));
    }
  }

  template <typename Scale, typename Round>
  static auto code_of(Scale scaled, Round round, std::int32_t zero_point) {
    return [=](const auto& v) {
      using N = std::decay_t<decltype(v)>;
      auto x = noted("over the scale", scaled(v == v ? v : N(0.0F)));  // a NaN counts as 0
      using Real = Plain<decltype(x)>;
      constexpr Real kFar = 1000000;  // far outside any type, inside what the small roundings take
      // 0 times an infinite 1/s is a NaN, and goes down.
      if (!(x > -kFar && x < kFar)) x = x > -kFar ? kFar : -kFar;
      return round(x) + zero_point;
    };
  }

  template <typename Code>
  static void fill(const RunContext& context, std::size_t begin, std::size_t end, const Code& code) {
    const auto in = context.inputs[0].as<float>();
    const CodeRange range = code_range(context.outputs[0].spec->type);
    with_code_type(context.outputs[0].spec->type, [&](auto type) {
      using T = decltype(type);
      const auto out = context.outputs[0].as<T>();
      for (std::size_t i = begin; i < end; ++i) {
        const std::int32_t y = code(in[i]);
        out[i] = static_cast<T>(y < range.lo ? range.lo : y > range.hi ? range.hi : y);
      }
    });
  }

  QuantizeMethod method_;
  Isa isa_;
  ConvertKernels kernels_;
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
    return code_kernel(context, [=](const auto& q) { return to<std::int64_t>(q) - z_in + z_out; });
  if (method == RequantizeMethod::kEightBits) {
    const std::int32_t m = round_real(static_cast<double>(256.0F * ratio32), Rounding::kHalfToEven);
    return code_kernel(context, [=](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
      const auto centred = noted("quantized value - zero point", q - z_in);
      return shift_right_rounded(
                 noted("times the multiplier", times("multiplier, in 1/256", to<std::int64_t>(centred), m)), 8,
                 Rounding::kHalfUp) +
             z_out;
    });
  }
  if (method == RequantizeMethod::kReal) {
    return code_kernel(context, [=, real = context.real()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
      const auto centred = noted("quantized value - zero point", to<std::int64_t>(q) - z_in);
      return real.code(
          noted("times the ratio", times("ratio of the scales", to<double>(centred), static_cast<double>(ratio32))),
          z_out);
    });
  }
  const QuantizedMultiplier m = quantize_multiplier(ratio);
  const auto mbqm = [=, multiply = context.multiply()](Rounding second) -> CodeFunction {
    return [=](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
      const auto centred = noted("quantized value - zero point", wrap_int32(to<std::int64_t>(q) - z_in));
      return to<std::int64_t>(multiply(centred, m, second)) + z_out;
    };
  };
  if (method == RequantizeMethod::kScalar || !is_8bit(in.type) || !is_8bit(out.type))
    return code_kernel(context, mbqm(Rounding::kHalfAwayFromZero));
  return std::make_unique<CodeTableKernel>(in.type, out.type, mbqm(Rounding::kHalfUp),
                                           mbqm(Rounding::kHalfAwayFromZero), 16, context.isa);
}

/// Which types TFLite's kernel makes of which; XNNPACK makes fewer, and leaves it the others.
Status check_pair(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (!in_tflite(context)) return {};
  if ((is_8bit(in.type) && is_8bit(out.type)) || out.type == DType::kInt8 || out.type == DType::kInt16 ||
      (in.type == DType::kInt16 && out.type == DType::kInt32))
    return {};
  return error("{} makes no {} of {}", name(context.profile->registry), name(out.type), name(in.type));
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(out, "output"));
  if (in.type == DType::kFloat32) {
    NPUTWIN_RETURN_IF_ERROR(check_type(out, {DType::kInt8, DType::kUInt8, DType::kInt16}, "output"));
    return std::make_unique<QuantizeFloat>(context.profile->quantize, context.isa);
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(out, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(in, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_pair(context));
  return requantize_kernel(context);
}

}  // namespace

const OpDefinition& quantize_op() {
  static constexpr OpDefinition kOp{"QUANTIZE", unary_shapes, prepare, Family::kQuantize};
  return kOp;
}

}  // namespace nputwin::ops::quantize
