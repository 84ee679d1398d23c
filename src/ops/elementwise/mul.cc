// MUL, of codes or of numbers:
//
//   out = clamp(requantize(rule, (a - za) * (b - zb), s_a*s_b/s_out) + zp)     the ratio formed in binary32;
//                                                                                TensorFlow Lite Micro: in binary64
//   vectorized: the left shift of an M of 2^32 and more gives 0, not a shift modulo 32; 8-bit products saturate to
//               int16 (uint8 times a scalar: wrap) and wrap when zp is added; the last size mod 16 (uint8: 8) elements
//               scalar
//   real: out = half_even((a - za)*(b - zb)*M + zp) in binary64
//
// Source: TFLite mul.cc, reference/integer_ops/mul.h, optimized/integer_ops/mul.h; XNNPACK qs8-vmul.

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "ops/elementwise/pair_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::mul {
namespace {

struct FixedPoint {
  RequantizeRule rule;
  EffectiveMultiplier scale;
  std::int32_t za, zb, zero;
  bool operator==(const FixedPoint&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& x, const N& y) const {
    return plus(x, y, zero);
  }
  template <typename N>
  [[nodiscard]] Wide<N> plus(const N& x, const N& y, std::int32_t zero_point) const {
    const auto centred_a = noted("a - its zero point", x - za), centred_b = noted("b - its zero point", y - zb);
    const auto both = noted("product", centred_a * centred_b);
    return to<std::int64_t>(requantize(rule, to<std::int64_t>(both), scale, zero_point));
  }
  [[nodiscard]] Definition::Parts parts() const {
    const std::int64_t most = most_without_overflow(scale.binary64);
    return {
        true,
        [za = za](std::int64_t a) { return a - za; },
        [zb = zb](std::int64_t b) { return b - zb; },
        [f = *this](std::int64_t product) { return static_cast<double>(requantize(f.rule, product, f.scale, f.zero)); },
        -most,
        most};
  }
};

/// The product in vector code.
struct FixedPointVector {
  FixedPoint product;
  bool nothing, saturates;
  bool operator==(const FixedPointVector&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& x, const N& y) const {
    const Wide<N> p = nothing ? Wide<N>{0} : product.plus(x, y, 0);
    const auto narrow = noted("in 16 bits", saturates ? saturate_cast<std::int16_t>(p) : to<std::int16_t>(p));
    return to<std::int64_t>(to<std::int16_t>(narrow + product.zero));
  }
  /// As the scalar product's, as long as nothing leaves 16 bits.
  [[nodiscard]] std::optional<Definition::Parts> parts() const {
    constexpr double kInside = 32000;
    if (nothing) return std::nullopt;
    Definition::Parts parts = product.parts();
    parts.highest =
        std::min(parts.highest, static_cast<std::int64_t>(std::min(0x1p31, kInside / product.scale.binary64)));
    parts.lowest = -parts.highest;
    parts.finish = [f = product](std::int64_t p) {
      return static_cast<double>(std::int64_t{requantize(f.rule, p, f.scale, 0)} + f.zero);
    };
    return parts;
  }
};

PairRule fixed_point(const PrepareContext& context, const Profile& profile) {
  const TensorSpec &a = context.input(0), &b = context.input(1), &out = context.output();
  const RequantizeRule rule = context.with_ratio(profile.mul);
  const FixedPoint product{rule, effective_multiplier(rule, a.scale(), b.scale(), out.scale()), a.zero_point(),
                           b.zero_point(), out.zero_point()};
  PairRule pairs = PairRule::same(
      product, Bilinear::product(multiplier_integers(rule, product.scale).real, product.za, product.zb, product.zero));
  if (profile.mul_method == MulMethod::kFixedPointVectorized && is_8bit(out.type)) {
    const bool nothing = product.scale.fixed.exponent > 31, is_uint8 = out.type == DType::kUInt8;
    pairs.body = FixedPointVector{product, nothing, true};
    pairs.scalar_body = FixedPointVector{product, nothing, !is_uint8};
    pairs.block = pairs.scalar_block = is_uint8 ? 8 : 16;
  }
  return pairs;
}

struct RealProduct {
  std::int32_t za, zb, zero;
  double scale;
  RealRule real;
  bool eight_bit;  // the codes
  bool operator==(const RealProduct&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& x, const N& y) const {
    const auto both = noted("product", noted("a - its zero point", x - za) * noted("b - its zero point", y - zb));
    return real.code(noted("times the scales' ratio", times("the scales' ratio", both, scale)), zero);
  }
  [[nodiscard]] std::optional<Definition::Parts> parts() const {
    if (!eight_bit) return std::nullopt;
    constexpr std::int64_t kMost = 1 << 16;  // a product of two differences of 8-bit codes
    return Definition::Parts{true,
                             [z = za](std::int64_t a) { return a - z; },
                             [z = zb](std::int64_t b) { return b - z; },
                             [f = *this](std::int64_t p) {
                               return static_cast<double>(f.real.code(static_cast<double>(p) * f.scale, f.zero));
                             },
                             -kMost,
                             kMost};
  }
};

PairRule rule_for(const PrepareContext& context) {
  const TensorSpec &a = context.input(0), &b = context.input(1), &out = context.output();
  if (context.profile->mul_method != MulMethod::kReal) {
    // XNNPACK rejects other ratios: the built-in kernel computes them.
    const float ratio = a.scale() * b.scale() / out.scale();
    const bool taken = ratio >= 0x1p-16F && ratio < 0x1p+8F;
    return fixed_point(context, taken ? *context.profile : context.fallback_profile());
  }
  const std::int32_t za = a.zero_point(), zb = b.zero_point(), zero = out.zero_point();
  const double scale =
      static_cast<double>(a.scale()) * static_cast<double>(b.scale()) / static_cast<double>(out.scale());
  return PairRule::same(RealProduct{za, zb, zero, scale, context.real(), is_8bit(out.type)},
                        Bilinear::product(scale, za, zb, zero));
}

template <typename T>
struct Product {
  NumberRange<T> range;
  bool operator==(const Product&) const = default;
  template <typename N>
  N operator()(const N& a, const N& b) const {
    if constexpr (std::is_integral_v<T>) {
      return range.clamp(wrapping_mul(a, b));
    } else {
      return range.clamp(N(a * b));
    }
  }
};

template <typename T>
Result<std::unique_ptr<Kernel>> numbers(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const NumberRange<T> range, number_range<T>(context));
  return binary_kernel<T, T, T>(context, Product<T>{range});
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32)) return numbers<float>(context);
  if (all_of_type(context, 2, DType::kInt32)) return numbers<std::int32_t>(context);
  if (all_of_type(context, 2, DType::kInt64)) return numbers<std::int64_t>(context);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 2, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(context.output(), *context.attributes));
  return pair_kernel(context, rule_for(context), clamp);
}

}  // namespace

const OpDefinition& mul_op() {
  static constexpr OpDefinition kOp{"MUL", broadcast_shapes, prepare, Family::kMul};
  return kOp;
}

}  // namespace nputwin::ops::mul
