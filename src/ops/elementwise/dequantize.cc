// DEQUANTIZE: codes to float32. q code, s scale, z zero point:
//
//   binary64          float(s * (q - z)) with the product in binary64      TFLite reference/dequantize.h
//   binary32          float(q - z) * s                                    XNNPACK qs8-f32-vcvt
//   binary32 offset   q*s + (-z*s) in binary32; the last size mod 8 elements as binary64.   TFLite optimized_ops.h

#include <cstdlib>

#include "kernels/convert/convert.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin::ops::dequantize {
namespace {

class Dequantize final : public ComparableKernel<Dequantize> {
 public:
  Dequantize(DequantizeMethod method, bool fused, const Isa& isa)
      : method_(method), fused_(fused && method == DequantizeMethod::kBinary32Offset), isa_(isa) {
    if (!isa.scalar()) kernels_ = convert_codes(isa);
  }

  void run(const RunContext& context) const override {
    with_code_type(context.inputs[0].spec->type, [&](auto code) {
      const auto in = context.inputs[0].as<decltype(code)>();
      const auto out = context.outputs[0].as<float>();
      const TensorSpec& spec = *context.inputs[0].spec;
      std::size_t done = 0;
      if (by_vectors(spec)) {
        done = method_ == DequantizeMethod::kBinary32Offset ? whole_of(in.size()) : in.size();
        kernels_.of(code).dequantize(form_of(spec), in.data(), static_cast<std::int64_t>(done), out.data());
      }
      const std::size_t whole = whole_of(in.size());
      for (std::size_t i = done; i < in.size(); ++i) out[i] = number(std::int32_t{in[i]}, spec, i < whole);
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const TensorSpec& spec = *context.inputs[0].spec;
    with_code_type(spec.type, [&](auto code) {
      const bool vector = static_cast<std::size_t>(element) < whole_of(static_cast<std::size_t>(spec.elements()));
      explained_number(number(explained_input<decltype(code)>(context, 0, element, "q", trace), spec, vector), trace);
    });
    return true;
  }
  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& context) const override {
    const TensorSpec& spec = *context.inputs[0].spec;
    const auto by = [this, &spec](bool vector) {
      return [this, &spec, vector](std::int32_t code) { return static_cast<double>(number(code, spec, vector)); };
    };
    return code_definition(by(true), by(false),
                           static_cast<std::int64_t>(whole_of(static_cast<std::size_t>(spec.elements()))));
  }
  [[nodiscard]] auto parameters() const { return std::tie(method_, fused_); }
  [[nodiscard]] KernelForm form() const override {
    if (!isa_.scalar() && (kernels_.fuses || !fused_)) return {"convert_codes", isa_.name, {}, {}};
    const char* why = isa_.scalar() ? kScalarAskedFor : "the instruction set has no fused multiply-add";
    return {"scalar", "scalar", {{"convert_codes", why}}, {}};
  }

 private:
  [[nodiscard]] bool by_vectors(const TensorSpec& spec) const {
    constexpr std::int32_t kMost = 1 << 20;  // of a zero point: binary32 holds its distance from codes
    return !isa_.scalar() && (kernels_.fuses || !fused_) && std::abs(spec.zero_point()) < kMost;
  }
  /// Of the two methods without offset: binary64 holds the exact product, whose one rounding is binary32's own.
  [[nodiscard]] DequantizeForm form_of(const TensorSpec& spec) const {
    const float s = spec.scale();
    const std::int32_t z = spec.zero_point();
    if (method_ == DequantizeMethod::kBinary32Offset) return {0, s, true, static_cast<float>(-z) * s, fused_};
    return {z, s, false, 0, false};
  }

  /// How many elements vector code takes.
  [[nodiscard]] static std::size_t whole_of(std::size_t size) { return size - size % 8; }

  template <typename N>
  [[nodiscard]] Like<float, N> number(const N& code, const TensorSpec& spec, bool vector) const {
    const float s = spec.scale();
    const std::int32_t z = spec.zero_point();
    if (method_ == DequantizeMethod::kBinary32) return to<float>(noted("quantized value - zero point", code - z)) * s;
    if (method_ == DequantizeMethod::kBinary32Offset && vector)
      return multiply_add(to<float>(code), s, static_cast<float>(-z) * s, fused_);
    return to<float>(
        noted("times the scale, binary64", static_cast<double>(s) * noted("quantized value - zero point", code - z)));
  }

  DequantizeMethod method_;
  bool fused_;
  Isa isa_;
  ConvertKernels kernels_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kInt8, DType::kUInt8, DType::kInt16}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kFloat32}, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.input(0), "input"));
  return std::make_unique<Dequantize>(context.profile->dequantize, context.profile->fused_multiply_add, context.isa);
}

}  // namespace

const OpDefinition& dequantize_op() {
  static constexpr OpDefinition kOp{"DEQUANTIZE", unary_shapes, prepare, Family::kDequantize};
  return kOp;
}

}  // namespace nputwin::ops::dequantize
