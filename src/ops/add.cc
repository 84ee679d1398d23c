// ADD, 8-bit. With za, zb the inputs' zero points and s the scales:
//
// two-stage      a' = MBQM((a - za) * 2^20, s_a / (2 max)), b' likewise, max = the larger input scale;
//                out = MBQM(a' + b', 2 max / (2^20 s_out)) + zp. All divisions half away from zero.
//                Source: TFLite add.cc, reference/integer_ops/add.h.
// vectorized     NEON: a' = SRDHM((a - za) << (20 + e_a), m_a): the right shift happens before the product and cuts off
//                (int8, both inputs advancing, blocks of 16); or SRDHM((a - za) << 20, m_a) >> -e_a, cut off as well
//                (uint8 and a scalar operand, blocks of 8). The last elements as above.
//                Source: TFLite optimized/integer_ops/add.h, optimized_ops.h.
// shared shift   m_a = to_even(s_a/s_out * 2^sh), sh = 20 - exponent of the larger ratio;
//                out = ((a*m_a + b*m_b - za*m_a - zb*m_b + 2^(sh-1)) >> sh) + zp.  Source: XNNPACK qs8-vadd.
// real           out = half_even(((a - za)*s_a + (b - zb)*s_b)/s_out + zp) in binary64.

#include <algorithm>
#include <cmath>

#include "ops/common.h"
#include "ops/pair_kernel.h"

namespace nputwin {
namespace {

struct Operands {
  std::int32_t za, zb, zero;
  float sa, sb, so;
};

struct TwoStage {
  static constexpr int kLeftShift = 20;
  Operands o;
  QuantizedMultiplier ma, mb, mo;

  explicit TwoStage(const Operands& operands) : o(operands) {
    const double twice = 2 * static_cast<double>(std::max(o.sa, o.sb));
    ma = quantize_multiplier(static_cast<double>(o.sa) / twice);
    mb = quantize_multiplier(static_cast<double>(o.sb) / twice);
    mo = quantize_multiplier(twice / ((1 << kLeftShift) * static_cast<double>(o.so)));
  }

  [[nodiscard]] std::int64_t finish(std::int32_t sum) const {
    return std::int64_t{multiply_by_quantized_multiplier(sum, mo)} + o.zero;
  }
  [[nodiscard]] std::int64_t scalar(std::int32_t a, std::int32_t b) const {
    return finish(multiply_by_quantized_multiplier((a - o.za) * (1 << kLeftShift), ma) +
                  multiply_by_quantized_multiplier((b - o.zb) * (1 << kLeftShift), mb));
  }
  [[nodiscard]] std::int64_t shift_first(std::int32_t a, std::int32_t b) const {
    const auto scaled = [](std::int32_t x, QuantizedMultiplier m) {
      const int shift = kLeftShift + m.exponent;
      const std::int32_t shifted = shift >= 0 ? x * (1 << shift) : x >> std::min(-shift, 31);
      return saturating_rounding_doubling_high_mul(shifted, m.multiplier);
    };
    return finish(scaled(a - o.za, ma) + scaled(b - o.zb, mb));
  }
  [[nodiscard]] std::int64_t shift_last(std::int32_t a, std::int32_t b) const {
    const auto scaled = [](std::int32_t x, QuantizedMultiplier m) {
      const std::int32_t high = saturating_rounding_doubling_high_mul(x * (1 << kLeftShift), m.multiplier);
      return high >> std::min(-std::min(m.exponent, 0), 31);
    };
    return finish(scaled(a - o.za, ma) + scaled(b - o.zb, mb));
  }
};

PairRule shared_shift(const Operands& o) {
  const float ratio_a = o.sa / o.so, ratio_b = o.sb / o.so;
  const int shift = 20 - std::ilogb(std::max(ratio_a, ratio_b));
  const auto multiplier = [&](float ratio) {
    return round_real(std::ldexp(static_cast<double>(ratio), shift), Rounding::kHalfToEven);
  };
  const std::int32_t ma = multiplier(ratio_a), mb = multiplier(ratio_b);
  PairRule rule;
  rule.body = rule.tail = [=](std::int32_t a, std::int32_t b) {
    return shift_right_rounded(std::int64_t{a - o.za} * ma + std::int64_t{b - o.zb} * mb, shift,
                               Rounding::kHalfUp) +
           o.zero;
  };
  return rule;
}

/// XNNPACK leaves other ratios to the built-in kernel.
bool shared_shift_takes(const Operands& o) {
  const auto fits = [](float ratio) { return ratio >= 0x1p-10F && ratio < 0x1p+8F; };
  return fits(o.sa / o.so) && fits(o.sb / o.so);
}

PairRule rule_for(const PrepareContext& context, const Operands& o, bool is_uint8) {
  AddMethod method = context.profile->add;
  if (method == AddMethod::kSharedShift) {
    if (shared_shift_takes(o)) return shared_shift(o);
    method = context.undelegated().add;
  }
  PairRule rule;
  if (method == AddMethod::kReal) {
    rule.body = rule.tail = [=](std::int32_t a, std::int32_t b) -> std::int64_t {
      const double sum = (a - o.za) * static_cast<double>(o.sa) + (b - o.zb) * static_cast<double>(o.sb);
      return round_real(sum / static_cast<double>(o.so) + o.zero, Rounding::kHalfToEven);
    };
    return rule;
  }
  const TwoStage two(o);
  rule.body = rule.tail = [two](std::int32_t a, std::int32_t b) { return two.scalar(a, b); };
  if (method == AddMethod::kTwoStageVectorized) {
    rule.scalar_body = [two](std::int32_t a, std::int32_t b) { return two.shift_last(a, b); };
    rule.body =
        is_uint8 ? rule.scalar_body : [two](std::int32_t a, std::int32_t b) { return two.shift_first(a, b); };
    rule.block = is_uint8 ? 8 : 16;
    rule.scalar_block = 8;
  }
  return rule;
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &a = context.input(0), &b = context.input(1), &out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  const Operands operands{a.zero_point(), b.zero_point(), out.zero_point(),
                          a.scale(),      b.scale(),      out.scale()};
  return pair_kernel(context, rule_for(context, operands, a.type == DType::kUInt8), clamp);
}

}  // namespace

const OpDefinition& add_op() {
  static constexpr OpDefinition kOp{"ADD", broadcast_shapes, prepare};
  return kOp;
}

}  // namespace nputwin
