// ADD and SUB: a + b and a - b, of codes or of numbers. With za, zb the inputs' zero points and s the scales:
//
// two-stage      a' = MBQM((a - za) * 2^L, s_a / (2 max)), b' likewise, max = the larger input scale;
//                out = MBQM(a' +- b', 2 max / (2^L s_out)) + zp. All divisions half away from zero. L = 20, int16 15.
//                Source: TFLite add.cc, sub.cc, reference/integer_ops/add.h.
// vectorized     NEON: a' = SRDHM((a - za) << (L + e_a), m_a): the right shift happens before the product and cuts off
//                (int8 and int16, both inputs advancing, blocks of 16); or SRDHM((a - za) << 20, m_a) >> -e_a, cut off
//                as well (uint8 and a scalar operand, blocks of 8). 8-bit sums wrap to int16 before and after zp is
//                added. The last elements as above. SUB and broadcast int16 have no such code.
//                Source: TFLite optimized/integer_ops/add.h, optimized_ops.h.
// powers of two  int16, all scales powers of two, attribute pot_scale_int16: the input of smaller scale is shifted
//                right, half away from zero; the sum saturates. Source: TFLite reference/add.h.
// shared shift   b = 20, or 21 in QNNPACK, which rounds half away: m_a = to_even(s_a/s_out * 2^sh), sh = b - exponent
//                of the larger ratio; out = ((a*m_a +- b*m_b - za*m_a -+ zb*m_b + 2^(sh-1)) >> sh) + zp.
//                Source: XNNPACK qs8-vadd, QNNPACK requantization.h.
// binary32       r = s/s_out; c = zp - fma(r_a, za, r_b*zb); out = half_even(fma(a, r_a, fma(b, r_b, c))), all in
//                binary32; a and b change places where a has one element along the innermost dimension.
//                Source: MLAS qladd_avx2.cpp, ONNX Runtime's broadcasting (measured); only ADD.
// 8-bit weights  w_b = s_b/s_a; s_w = max(1, w_b)/255 (SUB: (1 + w_b)/255); acc = round(1/s_w)*(a - za) +-
//                round(w_b/s_w)*(b - zb) by the rule of convolutions with M = s_a*s_w/s_out. Source: Mesa
//                etnaviv_ml_nn.c, NN core v8.
// shared zero    the same, and for the second product +- (round(w_b/s_w)*(b - za) + round((za - zb)*w_b/s_w)): one zero
//                point for both inputs, their difference as a rounded bias. Source: Mesa etnaviv_ml_nn.c, NN core v7,
//                only ADD; the log of a chip with VeriSilicon's own stack fits it too (profiles/vip-v8.md). SUB is
//                assumed: weights 1 and -w_b span 1 + w_b, which 8 bits have to hold.
// real           out = half_even(((a - za)*s_a +- (b - zb)*s_b)/s_out + zp) in binary64.

#include <algorithm>
#include <cmath>

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/elementwise/add.h"
#include "ops/elementwise/broadcast.h"
#include "ops/elementwise/pair_kernel.h"
#include "ops/elementwise/shared_shift.h"
#include "profile/profile.h"

namespace nputwin::ops::add {
namespace {

struct Operands {
  std::int32_t za, zb, zero;
  float sa, sb, so;
  DType type;
  std::int32_t sign;  // of b
  bool operator==(const Operands&) const = default;

  /// What the codes are about, by the operands' ratios to the output's scale.
  [[nodiscard]] Bilinear about(double ratio_a, double ratio_b) const {
    return Bilinear::sum(ratio_a, za, sign * ratio_b, zb, zero);
  }
};

double real_of(QuantizedMultiplier m) { return std::ldexp(m.multiplier, m.exponent - 31); }

struct TwoStage {
  Operands o;
  FixedPointMultiply multiply;
  int left;
  QuantizedMultiplier ma, mb, mo;
  bool operator==(const TwoStage&) const = default;

  TwoStage(const Operands& operands, FixedPointMultiply m)
      : o(operands), multiply(m), left(o.type == DType::kInt16 ? 15 : 20) {
    const double twice = 2 * static_cast<double>(std::max(o.sa, o.sb));
    ma = quantize_multiplier(static_cast<double>(o.sa) / twice);
    mb = quantize_multiplier(static_cast<double>(o.sb) / twice);
    mo = quantize_multiplier(twice / ((1 << left) * static_cast<double>(o.so)));
  }

  /// `narrow`: 8-bit codes in 16-bit registers.
  template <typename N>
  [[nodiscard]] Wide<N> finish(const N& sum, bool narrow) const {
    auto code = noted("plus the zero point", to<std::int64_t>(multiply(sum, mo)) + o.zero);
    if (!narrow || o.type == DType::kInt16) return code;
    return to<std::int64_t>(to<std::int16_t>(to<std::int64_t>(to<std::int16_t>(code - o.zero)) + o.zero));
  }
  /// Of the scaled operands.
  template <typename N>
  [[nodiscard]] N sum(const N& a, const N& b) const {
    return noted("sum", wrap_int32(to<std::int64_t>(a) + o.sign * to<std::int64_t>(b)));
  }
  template <typename N>
  [[nodiscard]] Wide<N> shift_last(const N& a, const N& b) const {
    const auto scaled = [&](const char* what, const N& x, QuantizedMultiplier m) {
      const N high = saturating_rounding_doubling_high_mul(N(x * (1 << left)), m.multiplier);
      return noted(what, N(high >> std::min(-std::min(m.exponent, 0), 31)));
    };
    return finish(sum(scaled("a scaled", noted("a - its zero point", N(a - o.za)), ma),
                      scaled("b scaled", noted("b - its zero point", N(b - o.zb)), mb)),
                  true);
  }
};

/// Both operands scaled by a multiplier, or shifted first, and added.
struct ScaledSum {
  TwoStage two;
  bool shifts_first;
  bool operator==(const ScaledSum&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& a, const N& b) const {
    const N x = noted("a scaled", scaled(noted("a - its zero point", N(a - two.o.za)), two.ma));
    const N y = noted("b scaled", scaled(noted("b - its zero point", N(b - two.o.zb)), two.mb));
    return two.finish(two.sum(x, y), shifts_first);
  }
  template <typename N>
  [[nodiscard]] N scaled(const N& x, QuantizedMultiplier m) const {
    if (!shifts_first) return two.multiply(x * (1 << two.left), m);
    const int shift = two.left + m.exponent;
    const N shifted = shift >= 0 ? N(x * (1 << shift)) : N(x >> std::min(-shift, 31));
    return saturating_rounding_doubling_high_mul(noted("shifted", shifted), m.multiplier);
  }
  /// 8-bit codes may wrap in 16 bits on the way: they stay inside.
  [[nodiscard]] Definition::Parts parts() const {
    const auto number = [f = *this](std::int64_t code, std::int32_t zero, QuantizedMultiplier m) {
      return std::int64_t{f.scaled(static_cast<std::int32_t>(code) - zero, m)};
    };
    constexpr double kInside = 32000;
    const double scale = real_of(two.mo);
    std::int64_t most = most_without_overflow(scale);
    if (two.o.type != DType::kInt16)
      most = static_cast<std::int64_t>(std::min(static_cast<double>(most), kInside / scale));
    return {false,
            [=, two = two](std::int64_t a) { return number(a, two.o.za, two.ma); },
            [=, two = two](std::int64_t b) { return two.o.sign * number(b, two.o.zb, two.mb); },
            [f = *this](std::int64_t sum) {
              return static_cast<double>(f.two.finish(static_cast<std::int32_t>(sum), f.shifts_first));
            },
            -most,
            most};
  }
};

/// Both operands shifted last, as vector code does it.
struct ShiftedLast {
  TwoStage two;
  bool operator==(const ShiftedLast&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& a, const N& b) const {
    return two.shift_last(a, b);
  }
};

PairRule shared_shift(const Operands& o, int bits, Rounding rounding) {
  const float ratio_a = o.sa / o.so, ratio_b = o.sb / o.so;
  const int shift = bits - std::ilogb(std::max(ratio_a, ratio_b));
  const auto multiplier = [&](float ratio) {
    return round_real(std::ldexp(static_cast<double>(ratio), shift), Rounding::kHalfToEven);
  };
  const std::int32_t ma = multiplier(ratio_a), mb = multiplier(ratio_b);
  return PairRule::same(SharedShift{o.za, o.zb, o.zero, ma, o.sign * mb, shift, rounding},
                        o.about(std::ldexp(ma, -shift), std::ldexp(mb, -shift)));
}

bool shared_shift_takes(const Operands& o, float least) {
  const auto fits = [=](float ratio) { return ratio >= least && ratio < 0x1p+8F; };
  return fits(o.sa / o.so) && fits(o.sb / o.so);
}

std::optional<int> power_of_two(float scale) {
  int exponent = 0;
  if (std::frexp(scale, &exponent) != 0.5F) return std::nullopt;
  return exponent - 1;
}

Result<PairRule> powers_of_two(const Operands& o, int a, int b, int out) {
  const int shift_a = out - a, shift_b = out - b;  // to the right
  if (shift_a < 0 || shift_b < 0 || (shift_a != 0 && shift_b != 0) || std::max(shift_a, shift_b) > 31) {
    return error("int16 scales 2^{}, 2^{} and 2^{}: one input must have the output's scale, the other a smaller one", a,
                 b, out);
  }
  return PairRule::same([=](const auto& x, const auto& y) -> Wide<std::decay_t<decltype(x)>> {
    return to<std::int64_t>(rounding_divide_by_pot(x, shift_a)) +
           std::int64_t{o.sign} * to<std::int64_t>(rounding_divide_by_pot(y, shift_b));
  });
}

/// ONNX Runtime has a scalar on the right: whether the first operand has one element along the innermost dimension in
/// which either has more, or nowhere more than one.
bool first_is_scalar(const Shape& a, const Shape& b) {
  const auto size = [](const Shape& shape, std::size_t from_end) {
    return from_end < shape.size() ? shape[shape.size() - 1 - from_end] : 1;
  };
  for (std::size_t d = 0; d < std::max(a.size(), b.size()); ++d) {
    if (size(a, d) != 1 || size(b, d) != 1) return size(a, d) == 1;
  }
  return true;
}

struct Binary32Fused {
  float ra, rb, zeros;
  bool swapped;
  bool operator==(const Binary32Fused&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& x, const N& y) const {
    const auto &a = swapped ? y : x, &b = swapped ? x : y;
    const auto of_b = noted("one operand times its ratio, plus the zero points",
                            multiply_add(before_factor("its ratio", to<float>(b), rb), rb, zeros, true));
    const auto sum = noted("the other times its ratio, plus that",
                           multiply_add(before_factor("the other's ratio", to<float>(a), ra), ra, of_b, true));
    return to<std::int64_t>(round_real(to<double>(sum), Rounding::kHalfToEven));
  }
};

PairRule binary32_fused(Operands o, bool swapped) {
  const Bilinear about = o.about(static_cast<double>(o.sa / o.so), static_cast<double>(o.sb / o.so));
  if (swapped) std::swap(o.za, o.zb), std::swap(o.sa, o.sb);
  const float ra = o.sa / o.so, rb = o.sb / o.so;
  const float zeros =
      static_cast<float>(o.zero) - multiply_add(ra, static_cast<float>(o.za), rb * static_cast<float>(o.zb), true);
  return PairRule::same(Binary32Fused{ra, rb, zeros, swapped}, about);
}

struct EightBitWeights {
  RequantizeRule rule;
  EffectiveMultiplier scale;
  std::int64_t wa, wb, zeros;
  std::int32_t zero;
  bool eight_bit;  // the codes
  bool operator==(const EightBitWeights&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& a, const N& b) const {
    const auto x = noted("a times its weight", wa * to<std::int64_t>(a));
    const auto y = noted("b times its weight", wb * to<std::int64_t>(b));
    const auto sum = noted("sum without the zero points", x + y - zeros);
    return to<std::int64_t>(requantize(rule, accumulator_register(rule, sum), scale, zero));
  }
  [[nodiscard]] std::optional<Definition::Parts> parts() const {
    if (!eight_bit) return std::nullopt;
    const std::int64_t most =
        std::min(most_without_overflow(scale.binary64), INT64_MAX >> (64 - rule.accumulator_bits));
    return Definition::Parts{
        false,
        [w = wa](std::int64_t a) { return w * a; },
        [w = wb, z = zeros](std::int64_t b) { return w * b - z; },
        [f = *this](std::int64_t sum) { return static_cast<double>(requantize(f.rule, sum, f.scale, f.zero)); },
        -most,
        most};
  }
};

/// `shared_zero`: both inputs have the first one's zero point.
PairRule eight_bit_weights(const Operands& o, const RequantizeRule& rule, bool shared_zero) {
  const double ratio = static_cast<double>(o.sb / o.sa);
  const float widest = o.sign < 0 ? static_cast<float>(1 + ratio) : static_cast<float>(std::max(ratio, 1.0));
  const float s_weight = widest / 255.0F;
  const auto weight = [&](double w) {
    return std::int64_t{round_real(w / static_cast<double>(s_weight), Rounding::kHalfAwayFromZero)};
  };
  const std::int64_t wa = weight(1), wb = o.sign * weight(ratio);
  const std::int64_t zeros = wa * o.za + (shared_zero ? wb * o.za - o.sign * weight((o.za - o.zb) * ratio) : wb * o.zb);
  const EffectiveMultiplier scale = effective_multiplier(rule, o.sa, s_weight, o.so);
  const double m = multiplier_integers(rule, scale).real, ratio_a = m * static_cast<double>(wa),
               ratio_b = m * static_cast<double>(wb);
  return PairRule::same(EightBitWeights{rule, scale, wa, wb, zeros, o.zero, is_8bit(o.type)},
                        Bilinear{0, ratio_a, ratio_b, o.zero - m * static_cast<double>(zeros)});
}

/// ADD by powers of two ends where its shapes are not equal, SUB broadcasts them (measured).
Status check_one_shape(const PrepareContext& context, int sign) {
  const Shape &a = context.input(0).shape, &b = context.input(1).shape;
  if (sign < 0 || a == b || !in_tflite_kernels(context)) return {};
  return error("{} and {} by powers of two are not of one shape: the runtime ends", to_string(a), to_string(b));
}

Result<PairRule> fixed_point(const PrepareContext& context, const Operands& o, bool vectorized) {
  if (o.type == DType::kInt16 && context.profile->add_shifts_powers_of_two &&
      context.attributes->integer("pot_scale_int16", 1) != 0) {
    const auto a = power_of_two(o.sa), b = power_of_two(o.sb), out = power_of_two(o.so);
    if (a && b && out) {
      NPUTWIN_RETURN_IF_ERROR(check_one_shape(context, o.sign));
      return powers_of_two(o, *a, *b, *out);
    }
  }
  const TwoStage two(o, context.multiply());
  const double scale = real_of(two.mo) * (1 << two.left);
  PairRule rule = PairRule::same(ScaledSum{two, false}, o.about(real_of(two.ma) * scale, real_of(two.mb) * scale));
  const bool broadcast = context.input(0).shape != context.input(1).shape;
  if (vectorized && !(o.type == DType::kInt16 && broadcast)) {
    const bool is_uint8 = o.type == DType::kUInt8;
    rule.scalar_body = ShiftedLast{two};
    rule.body = is_uint8 ? rule.scalar_body : ScaledSum{two, true};
    rule.block = is_uint8 ? 8 : 16;
    rule.scalar_block = 8;
  }
  return rule;
}

struct RealSum {
  Operands o;
  RealRule real;
  bool operator==(const RealSum&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& a, const N& b) const {
    const auto x = noted("a as a real number", times("a's scale", a - o.za, static_cast<double>(o.sa)));
    const auto y = noted("b as a real number", times("b's scale", b - o.zb, static_cast<double>(o.sb)));
    const auto sum = noted("sum", x + o.sign * y);
    return real.code(noted("over the output's scale", sum / static_cast<double>(o.so)), o.zero);
  }
};

AddMethod method_of(const Profile& profile, int sign) { return sign > 0 ? profile.add : profile.sub_method(); }

Result<PairRule> rule_for(const PrepareContext& context, const Operands& o) {
  AddMethod method = method_of(*context.profile, o.sign);
  // XNNPACK rejects other types and ratios: the built-in kernel computes them.
  if (method == AddMethod::kSharedShift && (o.type == DType::kInt16 || !shared_shift_takes(o, 0x1p-10F)))
    method = method_of(context.fallback_profile(), o.sign);
  switch (method) {
    case AddMethod::kTwoStage:
    case AddMethod::kTwoStageVectorized:
      return fixed_point(context, o, method == AddMethod::kTwoStageVectorized);
    case AddMethod::kSharedShift:
      return shared_shift(o, 20, Rounding::kHalfUp);
    case AddMethod::kSharedShiftHalfAway:
      if (!shared_shift_takes(o, 0x1p-14F))
        return error("input scales {} and {} over the output's {}: QNNPACK accepts only ratios from 2^-14 to 2^8", o.sa,
                     o.sb, o.so);
      return shared_shift(o, 21, Rounding::kHalfAwayFromZero);
    case AddMethod::kBinary32Fused:
      if (o.sign < 0) return error("MLAS has no quantized SUB");
      return binary32_fused(o, first_is_scalar(context.input(0).shape, context.input(1).shape));
    case AddMethod::kEightBitWeights:
    case AddMethod::kEightBitWeightsSharedZero:
      return eight_bit_weights(o, context.profile->eight_bit(o.type == DType::kUInt8).conv.rule,
                               method == AddMethod::kEightBitWeightsSharedZero);
    case AddMethod::kAbsent:
      return error("profile {} has no {} of codes", context.profile->name, o.sign > 0 ? "ADD" : "SUB");
    case AddMethod::kReal:
      break;
  }
  return PairRule::same(RealSum{o, context.real()}, o.about(static_cast<double>(o.sa) / static_cast<double>(o.so),
                                                            static_cast<double>(o.sb) / static_cast<double>(o.so)));
}

template <typename T>
struct SumOfNumbers {
  NumberRange<T> range;
  int sign;  // of b
  bool operator==(const SumOfNumbers&) const = default;
  template <typename N>
  N operator()(const N& a, const N& b) const {
    if constexpr (std::is_integral_v<T>) {
      return range.clamp(sign > 0 ? wrapping_add(a, b) : wrapping_sub(a, b));
    } else {
      return range.clamp(sign > 0 ? N(a + b) : N(a - b));
    }
  }
};

template <typename T>
Result<std::unique_ptr<Kernel>> numbers(const PrepareContext& context, int sign) {
  NPUTWIN_ASSIGN_OR_RETURN(const NumberRange<T> range, number_range<T>(context));
  return binary_kernel<T, T, T>(context, SumOfNumbers<T>{range, sign});
}

Operands operands(const PrepareContext& context, int sign) {
  const TensorSpec &a = context.input(0), &b = context.input(1), &out = context.output();
  return {a.zero_point(), b.zero_point(), out.zero_point(), a.scale(), b.scale(), out.scale(), out.type, sign};
}

template <int sign>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32)) return numbers<float>(context, sign);
  if (all_of_type(context, 2, DType::kInt32)) return numbers<std::int32_t>(context, sign);
  if (all_of_type(context, 2, DType::kInt64)) return numbers<std::int64_t>(context, sign);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(context.output(), *context.attributes));
  NPUTWIN_ASSIGN_OR_RETURN(PairRule rule, rule_for(context, operands(context, sign)));
  return pair_kernel(context, std::move(rule), clamp);
}

}  // namespace

Result<PairRule> difference_rule(const PrepareContext& context) { return rule_for(context, operands(context, -1)); }

const OpDefinition& add_op() {
  static constexpr OpDefinition kOp{"ADD", broadcast_shapes, prepare<1>, Family::kAdd};
  return kOp;
}
const OpDefinition& sub_op() {
  static constexpr OpDefinition kOp{"SUB", broadcast_shapes, prepare<-1>, Family::kAdd};
  return kOp;
}

}  // namespace nputwin::ops::add
