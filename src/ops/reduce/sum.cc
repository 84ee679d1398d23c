// SUM over constant axes. Of codes, with S the sum of the n codes, z the zero points, s the scales, k = s_in/s_out,
// MBQM TFLite's multiplication with two roundings:
//
// fixed point         out = MBQM(S - n z_in, s_in/s_out) + z_out, clamped.             TFLite 2.13
//   of bytes          the same; S, the zero points and the clamp are those of the bytes read as uint8, whatever the
//                     type.                                                               TFLite >= 2.14 reference
// half away           out = half_away(S k - z_in k n) + z_out in binary32, clamped.   TFLite >= 2.14 optimised
// wrapping            the same, k = s_in/s_out; what passes the code's range wraps.   TFLite <= 2.12
// binary32            out = round(S k + (z_out - n z_in k)) in binary32.              XNNPACK
// wrapping, plain     out = S, which wraps.              TFLite <= 2.14, int16; <= 2.13, where s and z are equal
// real                out = code((S - n z_in) s_in/s_out) by the RealRule; with a profile that reduces in binary16,
//                     axes that are no neighbours one after the other, the innermost first, rounded to binary16 between
//
// Of numbers: the sum in memory order; int32 and int64 wrap.

#include <algorithm>

#include "ops/checks.h"
#include "ops/reduce/real_reduction.h"
#include "ops/reduce/sum_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::sum {
namespace {

/// SUM's last step: from the sum of n codes to the output code.
class Finish {
 public:
  Finish(SumMethod method, const PrepareContext& context, CodeRange range, std::int64_t n)
      : method_(method),
        fused_(context.profile->fused_multiply_add),
        real_rounding_(context.profile->real_rounding),
        rule_(context.real()),
        multiply_(context.multiply()),
        n_(n),
        z_in_(context.input(0).zero_point()),
        z_out_(context.output().zero_point()),
        range_(range) {
    const TensorSpec &in = context.input(0), &out = context.output();
    real_ = static_cast<double>(in.scale()) / static_cast<double>(out.scale());
    m_ = quantize_multiplier(real_);
    scale32_ = in.scale() / out.scale();
    if (method == SumMethod::kBinary32Wrapping || method == SumMethod::kBinary32HalfAway) {
      bias32_ = static_cast<float>(-z_in_) * scale32_ * static_cast<float>(n);
    } else {
      bias32_ = multiply_add(-(static_cast<float>(n) * static_cast<float>(z_in_)), scale32_, static_cast<float>(z_out_),
                             fused_);
    }
  }

  template <typename N>
  [[nodiscard]] Like<std::int32_t, N> operator()(const N& sum, std::int64_t /*channel*/) const {
    const N y = unclamped(sum);
    if (method_ != SumMethod::kBinary32Wrapping && method_ != SumMethod::kWrapping)
      return to<std::int32_t>(clamped<std::int64_t>(y, range_.lo, range_.hi));
    const std::int64_t size = std::int64_t{range_.hi} - range_.lo + 1;
    return to<std::int32_t>(range_.lo + remainder_up(y - range_.lo, size));
  }
  [[nodiscard]] std::int64_t number(std::int64_t /*channel*/) const { return 0; }

 private:
  /// x modulo size, not negative.
  [[nodiscard]] static std::int64_t remainder_up(std::int64_t x, std::int64_t size) { return (x % size + size) % size; }
  [[nodiscard]] static Traced<std::int64_t> remainder_up(const Traced<std::int64_t>& x, std::int64_t size) {
    return {x.trace(), remainder_up(x.value(), size), x.part() + " % " + std::to_string(size), false};
  }

  template <typename N>
  [[nodiscard]] N unclamped(const N& sum) const {
    const auto centre = [&] { return noted("sum - n * zero point", to<std::int32_t>(sum - n_ * z_in_)); };
    const auto raw = [&] { return before_factor("multiplier", to<float>(sum), scale32_); };
    switch (method_) {
      case SumMethod::kFixedPoint:
      case SumMethod::kFixedPointOfBytes:
        return to<std::int64_t>(multiply_(centre(), m_)) + z_out_;
      case SumMethod::kWrapping:
        return sum;
      case SumMethod::kBinary32HalfAway:
      case SumMethod::kBinary32Wrapping:
        return to<std::int64_t>(
                   round_real(to<double>(noted("rescaled, binary32", multiply_add(raw(), scale32_, bias32_, fused_))),
                              Rounding::kHalfAwayFromZero)) +
               z_out_;
      case SumMethod::kBinary32:
        return to<std::int64_t>(round_real(
            to<double>(noted("rescaled, binary32", multiply_add(raw(), scale32_, bias32_, fused_))), real_rounding_));
      case SumMethod::kReal:
        break;
    }
    return rule_.code(noted("times the ratio", times("ratio", to<double>(centre()), real_)), z_out_);
  }

  SumMethod method_;
  bool fused_;
  Rounding real_rounding_;
  RealRule rule_;
  FixedPointMultiply multiply_;
  std::int64_t n_;
  std::int32_t z_in_, z_out_;
  CodeRange range_;
  QuantizedMultiplier m_;
  float scale32_ = 0, bias32_ = 0;
  double real_ = 0;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (auto numbers = number_sum_kernel(context, false)) return std::move(*numbers);
  NPUTWIN_ASSIGN_OR_RETURN(const Reduction r, code_reduction(context));
  const TensorSpec& in = context.input(0);
  SumMethod method = context.profile->sum;
  if (in.type == DType::kInt16) {
    if (!context.profile->sum_int16) return error("profile {} does not define an int16 SUM", context.profile->name);
    method = *context.profile->sum_int16;
    if (method == SumMethod::kWrapping && in.scale() != context.output().scale())
      return error("an int16 SUM ignores scales, so input and output must have the same one, got {} and {}", in.scale(),
                   context.output().scale());
  }
  if (is_8bit(in.type) && context.profile->sum_adds_equal_codes && in.quantization == context.output().quantization)
    method = SumMethod::kWrapping;
  if (method == SumMethod::kReal && rounds_between_axes(context, r))
    return real_reduction_kernel(context, r, Reducer::kSum);
  const bool as_uint8 = method == SumMethod::kFixedPointOfBytes && in.type == DType::kInt8;
  const DType stored = as_uint8 ? DType::kUInt8 : in.type;
  return sum_kernel(context, Finish(method, context, code_range(stored), r.count), r, stored);
}

}  // namespace

const OpDefinition& sum_op() {
  static constexpr OpDefinition kOp{"SUM", reduction_shapes, prepare, Family::kSum};
  return kOp;
}

}  // namespace nputwin::ops::sum
