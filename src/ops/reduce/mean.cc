// MEAN over constant axes. Of codes, with S the sum of the n codes, z the zero points, s the scales, MBQM TFLite's
// multiplication with two roundings:
//
// folded count        sh = min(floor(log2 n), 32, 31 + e), m' = (m << sh) / n, e' = e - sh of s_in/s_out (binary64);
//                     out = MBQM(S - n z_in, m', e') + z_out.            TFLite >= 2.13 reference/reduce.h
// scaled, divided     t = MBQM(S - n z_in, s_in/s_out); out = half_away(t / n) + z_out.   TFLite <= 2.12 reference
// binary32 bias       bias = z_out - trunc(z_in s_in/s_out +- 1/2); out = MBQM(S, s_in/(n s_out)) + bias, the scales in
//                     binary32. Vectorized: blocks of 16 channels break the second tie upward. TFLite
//                     optimized/integer_ops/mean.h
// binary32 mean       out = half_away(S/n * (s_in/s_out) - z_in (s_in/s_out)) + z_out in binary32; S/n cut
//                     toward zero where input and output are quantized alike. TFLite <= 2.12 reduce.cc
// binary32            k = (s_in/s_out) * (1/n); out = round(S k + (z_out - n z_in k)) in binary32, half to even or, in
//                     older versions, away from zero. XNNPACK reduce-nd.c
// rescaled sum        out = the profile's rule for averages of S - n z_in with M = s_in/(s_out n): QNNPACK, TOSA
// real                out = half_even((S/n - z_in) s_in/s_out + z_out) in binary64
//
// Of numbers: the binary32 sum in memory order over n; of int32 and int64 the int64 sum over n, cut toward zero.

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/multiply/multiply.h"
#include "ops/checks.h"
#include "ops/reduce/rescaled_average.h"
#include "ops/reduce/sum_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::mean {
namespace {

/// The mean's last step: from the sum of n codes to the output code.
class Finish {
  static constexpr int kVectorBlock = 16;

 public:
  Finish(MeanMethod method, const PrepareContext& context, std::int64_t n)
      : method_(method),
        whole_(context.input(0).shape.back() - context.input(0).shape.back() % kVectorBlock),
        fused_(context.profile->fused_multiply_add),
        reassociates_(context.profile->reassociates),
        real_rounding_(context.profile->real_rounding),
        rule_(context.real()),
        multiply_(context.multiply()),
        n_(n),
        z_in_(context.input(0).zero_point()),
        z_out_(context.output().zero_point()),
        range_(code_range(context.output().type)) {
    const TensorSpec &in = context.input(0), &out = context.output();
    const double ratio = static_cast<double>(in.scale()) / static_cast<double>(out.scale());
    const float ratio32 = in.scale() / out.scale();
    real_ = ratio / static_cast<double>(n);
    switch (method) {
      case MeanMethod::kFoldedCount: {
        m_ = quantize_multiplier(ratio);
        int shift = 63 - std::countl_zero(static_cast<std::uint64_t>(n));
        shift = std::min({shift, 32, 31 + m_.exponent});
        m_ = {static_cast<std::int32_t>((std::int64_t{m_.multiplier} << shift) / n), m_.exponent - shift};
        break;
      }
      case MeanMethod::kScaledThenDivided:
        m_ = quantize_multiplier(ratio);
        break;
      case MeanMethod::kBinary32Bias:
      case MeanMethod::kBinary32BiasVectorized: {
        const float zero = static_cast<float>(z_in_) * in.scale() / out.scale();
        bias_ = std::int64_t{z_out_} -
                round_real(static_cast<double>(zero > 0 ? zero + 0.5F : zero - 0.5F), Rounding::kTowardZero);
        m_ = quantize_multiplier(static_cast<double>(in.scale() / (static_cast<float>(n) * out.scale())));
        break;
      }
      case MeanMethod::kBinary32Mean:
        scale32_ = ratio32;
        bias32_ = static_cast<float>(-z_in_) * ratio32;
        codes_only_ = in.scale() == out.scale() && z_in_ == z_out_;
        break;
      case MeanMethod::kBinary32:
        scale32_ = ratio32 * (1.0F / static_cast<float>(n));
        bias32_ = multiply_add(-(static_cast<float>(n) * static_cast<float>(z_in_)), scale32_,
                               static_cast<float>(z_out_), fused_);
        break;
      case MeanMethod::kRescaledSum:
        average_ = rescaled_average(context, n);
        break;
      case MeanMethod::kReal:
        break;
    }
    many_ = ManyMultiply(multiply_, m_, context.isa);
  }

  template <typename N>
  [[nodiscard]] Like<std::int32_t, N> operator()(const N& sum, std::int64_t channel) const {
    return to<std::int32_t>(clamped<std::int64_t>(unclamped(sum, channel), range_.lo, range_.hi));
  }
  [[nodiscard]] CodeRange range() const { return range_; }

  /// Replaces sums by what they are before the clamp, as operator() does one by one. False: it is not done for many.
  bool many(std::int32_t* sums, std::int64_t count) const {
    switch (method_) {
      case MeanMethod::kFoldedCount:
      case MeanMethod::kScaledThenDivided:
        for (std::int64_t i = 0; i < count; ++i) sums[i] -= static_cast<std::int32_t>(n_ * z_in_);
        many_(sums, count);
        if (method_ == MeanMethod::kScaledThenDivided) {
          for (std::int64_t i = 0; i < count; ++i)
            sums[i] = static_cast<std::int32_t>(divide_rounded(std::int64_t{sums[i]}, n_, Rounding::kHalfAwayFromZero));
        }
        add_to(sums, count, z_out_);
        return true;
      case MeanMethod::kBinary32Bias:
        many_(sums, count);
        add_to(sums, count, bias_);
        return true;
      case MeanMethod::kBinary32:
        if (fused_ || real_rounding_ != Rounding::kHalfToEven) return false;
        // Clipped first, as round_half_even_small needs it, to codes with which the clamp gives the same.
        for (std::int64_t i = 0; i < count; ++i) {
          const float x = static_cast<float>(sums[i]) * scale32_ + bias32_;
          sums[i] = round_half_even_small(std::min(std::max(x, -40000.0F), 40000.0F));
        }
        return true;
      default:
        return false;
    }
  }
  [[nodiscard]] std::int64_t number(std::int64_t channel) const { return in_vectors(channel) ? 1 : 0; }

 private:
  /// Saturates: the clamp follows.
  static void add_to(std::int32_t* sums, std::int64_t count, std::int64_t more) {
    for (std::int64_t i = 0; i < count; ++i)
      sums[i] = static_cast<std::int32_t>(std::clamp<std::int64_t>(sums[i] + more, INT32_MIN, INT32_MAX));
  }

  [[nodiscard]] bool in_vectors(std::int64_t channel) const {
    return method_ == MeanMethod::kBinary32BiasVectorized && channel < whole_;
  }

  template <typename N>
  [[nodiscard]] N unclamped(const N& sum, std::int64_t channel) const {
    const auto centre = [&] { return noted("sum - n * zero point", to<std::int32_t>(sum - n_ * z_in_)); };
    const auto raw = to<std::int32_t>(sum);
    switch (method_) {
      case MeanMethod::kFoldedCount:
        return to<std::int64_t>(multiply_(centre(), m_)) + z_out_;
      case MeanMethod::kScaledThenDivided:
        return divide_rounded(to<std::int64_t>(multiply_(centre(), m_)), n_, Rounding::kHalfAwayFromZero) + z_out_;
      case MeanMethod::kBinary32Bias:
      case MeanMethod::kBinary32BiasVectorized: {
        const Rounding ties = in_vectors(channel) ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero;
        return to<std::int64_t>(multiply_(raw, m_, ties)) + bias_;
      }
      case MeanMethod::kBinary32Mean: {
        if (codes_only_) return to<std::int64_t>(raw) / n_;
        const auto count = static_cast<float>(n_);
        const auto mean = before_factor("multiplier of the mean", to<float>(raw), scale32_);
        const auto code = noted(
            "rescaled", reassociates_ ? multiply_add(mean, 1.0F / count, static_cast<float>(-z_in_), fused_) * scale32_
                                      : mean / count * scale32_ + bias32_);
        return to<std::int64_t>(round_real(to<double>(code), Rounding::kHalfAwayFromZero)) + z_out_;
      }
      case MeanMethod::kBinary32:
        return to<std::int64_t>(round_real(
            to<double>(multiply_add(before_factor("multiplier", to<float>(raw), scale32_), scale32_, bias32_, fused_)),
            real_rounding_));
      case MeanMethod::kRescaledSum:
        return average_.code(centre(), z_out_);
      case MeanMethod::kReal:
        break;
    }
    return rule_.code(noted("times the ratio over n", times("ratio over n", to<double>(centre()), real_)), z_out_);
  }

  MeanMethod method_;
  std::int64_t whole_;
  bool fused_, reassociates_;
  Rounding real_rounding_;
  RealRule rule_;
  FixedPointMultiply multiply_;
  std::int64_t n_;
  std::int32_t z_in_, z_out_;
  CodeRange range_;
  QuantizedMultiplier m_;
  std::int64_t bias_ = 0;
  float scale32_ = 0, bias32_ = 0;
  bool codes_only_ = false;
  RescaledAverage average_;
  ManyMultiply many_;
  double real_ = 0;
};

MeanMethod method_for(const PrepareContext& context, const Reduction& r) {
  const MeanRules& rules = context.profile->mean;
  const TensorView axes{&context.input(1), *context.inputs[1].constant};
  const bool spatial =
      context.attributes->integer("keep_dims") != 0 && r.reduced == std::vector<bool>{false, true, true, false} &&
      (rules.negative_axes_count || std::ranges::all_of(axes.as<std::int32_t>(), [](auto a) { return a >= 0; }));
  if (!spatial) return rules.general;
  switch (context.input(0).type) {
    case DType::kInt16:
      return rules.int16_spatial;
    case DType::kUInt8:
      return rules.uint8_spatial;
    default:
      return rules.int8_spatial;
  }
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (auto numbers = number_sum_kernel(context, true)) return std::move(*numbers);
  NPUTWIN_ASSIGN_OR_RETURN(const Reduction r, code_reduction(context));
  return sum_kernel(context, Finish(method_for(context, r), context, r.count), r, context.input(0).type);
}

}  // namespace

const OpDefinition& mean_op() {
  static constexpr OpDefinition kOp{"MEAN", reduction_shapes, prepare, Family::kMean};
  return kOp;
}

}  // namespace nputwin::ops::mean
