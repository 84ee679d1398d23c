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
// activations.cc. Numbers: x * min(6, max(0, x + 3)) / 6 in binary32.

#include <algorithm>
#include <cmath>

#include "fixed/fixed_point.h"
#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::hard_swish {
namespace {

struct Multiplier16 {
  std::int16_t value;
  int exponent;

  explicit Multiplier16(float scale) {
    const QuantizedMultiplier m = quantize_multiplier(static_cast<double>(scale));
    value = static_cast<std::int16_t>(sixteen_bit_multiplier(m.multiplier));
    exponent = m.exponent;
  }
};

std::int16_t rounded_right(std::int16_t x, int shift, bool vector) {
  return static_cast<std::int16_t>(shift_right_rounded<std::int32_t>(
      x, std::min(shift, 30), vector ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero));
}

CodeFunction fixed_point(const TensorSpec& in, const TensorSpec& out, bool vector) {
  const float hires = (1.0F / 128.0F) * in.scale();
  const Multiplier16 to_output(hires / out.scale()), to_unit(hires / (3.0F / 32768.0F));
  return [=, z_in = in.zero_point(), z_out = out.zero_point()](std::int32_t q) -> std::int64_t {
    const auto a = static_cast<std::int16_t>((q - z_in) * 128);
    const std::int16_t p = fixed::mul(a, to_output.value);
    std::int16_t r = a;
    if (to_unit.exponent > 0) r = saturating_multiply_by_pot(r, to_unit.exponent - 1);
    r = fixed::mul(r, to_unit.value);
    if (to_unit.exponent > 0) r = saturating_multiply_by_pot(r, 1);
    if (to_unit.exponent < 0) r = rounded_right(r, -to_unit.exponent, vector);
    r = static_cast<std::int16_t>((r + 32768) >> 1);
    const std::int32_t product = std::int32_t{r} * p;
    const auto y = static_cast<std::int16_t>(vector ? product >> 15 : product / (1 << 15));
    return std::int64_t{rounded_right(y, -to_output.exponent, vector)} + z_out;
  };
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (all_of_type(context, 1, DType::kFloat32)) {
    return unary_kernel<float, float>([](float x) { return x * std::min(6.0F, std::max(0.0F, x + 3)) / 6; });
  }
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
  if (in.scale() / 128 >= out.scale())
    return error("scales {} and {}: the output's must be over 1/128 of the input's", in.scale(), out.scale());
  if (context.profile->hard_swish == HardSwishMethod::kReal) {
    return code_kernel(
        context,
        [=, real = context.real(), s_in = static_cast<double>(in.scale()), s_out = static_cast<double>(out.scale()),
         z_in = in.zero_point(), z_out = out.zero_point()](std::int32_t q) -> std::int64_t {
          const double x = (q - z_in) * s_in;
          return real.code(x * std::clamp(x + 3, 0.0, 6.0) / 6 / s_out, z_out);
        });
  }
  if (context.profile->hard_swish == HardSwishMethod::kBinary32) {
    return code_kernel(context,
                       [s_in = in.scale(), inverse = 1.0F / out.scale(), z_in = in.zero_point(),
                        z_out = static_cast<float>(out.zero_point())](std::int32_t q) -> std::int64_t {
                         const float tail = static_cast<float>(-z_in) * s_in, x = static_cast<float>(q) * s_in + tail;
                         const float y = x * std::min(6.0F, std::max(0.0F, x + 3)) / 6;
                         return round_real(static_cast<double>(y * inverse + z_out), Rounding::kHalfToEven);
                       });
  }
  const auto scalar = code_table(in.type, out.type, fixed_point(in, out, false));
  if (context.profile->hard_swish == HardSwishMethod::kFixedPoint) return std::make_unique<CodeTableKernel>(scalar);
  return std::make_unique<CodeTableKernel>(code_table(in.type, out.type, fixed_point(in, out, true)), scalar, 8);
}

}  // namespace

const OpDefinition& hard_swish_op() {
  static constexpr OpDefinition kOp{"HARD_SWISH", unary_shapes, prepare, Family::kHardSwish};
  return kOp;
}

}  // namespace nputwin::ops::hard_swish
