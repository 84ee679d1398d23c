// HARD_SWISH, x * relu6(x + 3) / 6. Codes, in 16-bit registers, with a = (q - zp_in) * 2^7:
//
//   p = SRDHM16(a, m_out)                     x on nearly the output's scale
//   r = a scaled to 3.0 = 2^15, saturating; r' = (r + 2^15) >> 1             x clamped to [-3, 3] as [0, 1]
//   out = RDByPOT(r' * p / 2^15, -e_out) + zp_out
//
//   fixed point   r' cut off, the product cut toward zero, shifts half away from zero
//   vectorized    NEON, blocks of 8: product floored, shifts half up; the last size mod
//                 8 elements as above
//   binary32      x = q*s_in - zp_in*s_in; y = x * min(6, max(0, x + 3)) / 6; out = half_even(y * (1/s_out) + zp_out),
//                 each operation in binary32: the shader of VeriSilicon's stack
//   real          half_even(x * relu6(x + 3) / 6 / s_out + zp_out) in binary64
//
// The 16-bit multipliers are those of 31 bits, rounded half up. Source: TFLite reference/hard_swish.h, optimized_ops.h,
// activations.cc. Numbers, in binary32: HardSwishOfNumbers, found by comparison (9,000 numbers a runtime).

#include <algorithm>
#include <cmath>

#include "fixed/traced_fixed_point.h"
#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::hard_swish {
namespace {

struct Multiplier16 {
  std::int16_t value;
  int exponent;

  explicit Multiplier16(double scale) {
    const QuantizedMultiplier m = quantize_multiplier(scale);
    value = static_cast<std::int16_t>(sixteen_bit_multiplier(m.multiplier));
    exponent = m.exponent;
  }
};

template <typename N>
N rounded_right(const N& x, int shift, bool vector) {
  return to<std::int16_t>(shift_right_rounded(to<std::int32_t>(x), std::min(shift, 30),
                                              vector ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero));
}

CodeFunction fixed_point(const PrepareContext& context, bool vector) {
  const TensorSpec &in = context.input(0), &out = context.output();
  const float hires = (1.0F / 128.0F) * in.scale();
  const Multiplier16 to_output(context.ratio(hires, 1, out.scale())), to_unit(context.ratio(hires, 1, 3.0F / 32768.0F));
  return [=, z_in = in.zero_point(), z_out = out.zero_point()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
    const auto a = noted("(quantized value - zero point) * 2^7", to<std::int16_t>((q - z_in) * 128));
    const auto p = noted("x on nearly the output's scale", fixed::mul(a, to_output.value));
    auto r = a;
    if (to_unit.exponent > 0) r = saturating_multiply_by_pot(r, to_unit.exponent - 1);
    r = fixed::mul(r, to_unit.value);
    if (to_unit.exponent > 0) r = saturating_multiply_by_pot(r, 1);
    if (to_unit.exponent < 0) r = rounded_right(r, -to_unit.exponent, vector);
    r = noted("x, 3.0 being 2^15", r);
    r = noted("min(6, max(0, x + 3)) / 6, 1 being 2^15", to<std::int16_t>((r + 32768) >> 1));
    const auto product = noted("product", to<std::int32_t>(r) * p);
    const auto y = noted(vector ? "over 2^15, floor" : "over 2^15, cut toward zero",
                         to<std::int16_t>(vector ? product >> 15 : product / (1 << 15)));
    return to<std::int64_t>(rounded_right(y, -to_output.exponent, vector)) + z_out;
  };
}

/// Numbers in one of the orders of HardSwishOfNumbers.
class OfNumbers final : public ComparableKernel<OfNumbers> {
 public:
  explicit OfNumbers(HardSwishOfNumbers order) : order_(order) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const auto out = context.outputs[0].as<float>();
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = value(in[i], order_of(i, in.size()));
  }
  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const auto order = order_of(static_cast<std::size_t>(element), context.inputs[0].as<float>().size());
    explained_number(value(explained_input<float>(context, 0, element, "x", trace), order), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(order_); }

 private:
  [[nodiscard]] HardSwishOfNumbers order_of(std::size_t i, std::size_t size) const {
    if (order_ != HardSwishOfNumbers::kSixthFirstInBlocks) return order_;
    return i < size / 4 * 4 ? HardSwishOfNumbers::kSixthFirst : HardSwishOfNumbers::kSixthLast;
  }
  template <typename N>
  [[nodiscard]] static N value(const N& x, HardSwishOfNumbers order) {
    constexpr float kSixth = 1.0F / 6;
    if (order == HardSwishOfNumbers::kClipped) return x * clamped(multiply_add(x, kSixth, 0.5F, true), 0.0F, 1.0F);
    const N r6 = clamped(x + 3.0F, 0.0F, 6.0F);
    if (order == HardSwishOfNumbers::kSixthLast) return x * r6 * kSixth;
    return order == HardSwishOfNumbers::kDivided ? x * r6 / 6 : x * kSixth * r6;
  }

  HardSwishOfNumbers order_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (all_of_type(context, 1, DType::kFloat32)) {
    return std::make_unique<OfNumbers>(context.profile->hard_swish_of_numbers);
  }
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
  if (in.scale() / 128 >= out.scale())
    return error("scales {} and {}: the output's must be over 1/128 of the input's", in.scale(), out.scale());
  if (context.profile->hard_swish == HardSwishMethod::kReal) {
    return code_kernel(
        context,
        [=, real = context.real(), s_in = static_cast<double>(in.scale()), s_out = static_cast<double>(out.scale()),
         z_in = in.zero_point(), z_out = out.zero_point()](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
          const auto x = noted("the real input, binary64", (q - z_in) * s_in);
          const auto y = noted("x * min(6, max(0, x + 3)) / 6", x * clamped(x + 3, 0.0, 6.0) / 6);
          return real.code(noted("over the output's scale", y / s_out), z_out);
        });
  }
  if (context.profile->hard_swish == HardSwishMethod::kBinary32) {
    return code_kernel(
        context,
        [s_in = in.scale(), inverse = 1.0F / out.scale(), z_in = in.zero_point(),
         z_out = static_cast<float>(out.zero_point())](const auto& q) -> Wide<std::decay_t<decltype(q)>> {
          const float tail = static_cast<float>(-z_in) * s_in;
          const auto x = noted("the real input, binary32", to<float>(q) * s_in + tail);
          const auto y = noted("x * min(6, max(0, x + 3)) / 6", x * clamped(x + 3, 0.0F, 6.0F) / 6);
          return to<std::int64_t>(round_real(to<double>(y * inverse + z_out), Rounding::kHalfToEven));
        });
  }
  const CodeFunction scalar = fixed_point(context, false);
  if (context.profile->hard_swish == HardSwishMethod::kFixedPoint) return code_kernel(context, scalar);
  return std::make_unique<CodeTableKernel>(in.type, out.type, fixed_point(context, true), scalar, 8, context.isa);
}

}  // namespace

const OpDefinition& hard_swish_op() {
  static constexpr OpDefinition kOp{"HARD_SWISH", unary_shapes, prepare, Family::kHardSwish};
  return kOp;
}

}  // namespace nputwin::ops::hard_swish
