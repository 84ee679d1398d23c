// MUL, 8-bit:
//
//   out = clamp(requantize(rule, (a - za) * (b - zb), s_a*s_b/s_out) + zp)     the ratio formed in binary32
//   vectorized: the same, but the left shift of an M of 2^32 and more gives 0, not a shift modulo 32
//   real: out = half_even((a - za)*(b - zb)*M + zp) in binary64
//
// Source: TFLite mul.cc, reference/integer_ops/mul.h; XNNPACK qs8-vmul.

#include "ops/common.h"
#include "ops/pair_kernel.h"

namespace nputwin {
namespace {

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &a = context.input(0), &b = context.input(1), &out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  const std::int32_t za = a.zero_point(), zb = b.zero_point(), zero = out.zero_point();
  PairRule pairs;
  if (context.profile->mul_method == MulMethod::kReal) {
    const double scale =
        static_cast<double>(a.scale()) * static_cast<double>(b.scale()) / static_cast<double>(out.scale());
    pairs.body = [=](std::int32_t x, std::int32_t y) -> std::int64_t {
      return round_real((x - za) * (y - zb) * scale + zero, Rounding::kHalfToEven);
    };
  } else {
    // XNNPACK leaves other ratios to the built-in kernel.
    const float ratio = a.scale() * b.scale() / out.scale();
    const Profile& profile = ratio >= 0x1p-16F && ratio < 0x1p+8F ? *context.profile : context.undelegated();
    RequantizeRule rule = profile.mul;
    rule.scale = RequantizeRule::Scale::kBinary32;
    const Rescale scale = make_rescale(rule, a.scale(), b.scale(), out.scale());
    pairs.body = [=](std::int32_t x, std::int32_t y) -> std::int64_t {
      return requantize(rule, (x - za) * (y - zb), scale, zero);
    };
    pairs.tail = pairs.body;
    if (profile.mul_method == MulMethod::kFixedPointVectorized && scale.fixed.exponent > 31) {
      pairs.body = [=](std::int32_t, std::int32_t) -> std::int64_t { return zero; };
      pairs.block = pairs.scalar_block = 16;
    }
  }
  if (!pairs.tail) pairs.tail = pairs.body;
  return pair_kernel(context, std::move(pairs), clamp);
}

}  // namespace

const OpDefinition& mul_op() {
  static constexpr OpDefinition kOp{"MUL", broadcast_shapes, prepare};
  return kOp;
}

}  // namespace nputwin
