// MEAN and SUM over constant axes. MEAN of codes, with S the sum of the n codes, z the zero points, s the scales, MBQM TFLite's
// multiplication with two roundings:
//
// folded count        sh = min(floor(log2 n), 32, 31 + e), m' = (m << sh) / n, e' = e - sh of s_in/s_out (binary64);
//                     out = MBQM(S - n z_in, m', e') + z_out.            TFLite >= 2.13 reference/reduce.h
// scaled, divided     t = MBQM(S - n z_in, s_in/s_out); out = half_away(t / n) + z_out.   TFLite <= 2.12 reference
// binary32 bias       bias = z_out - trunc(z_in s_in/s_out +- 1/2); out = MBQM(S, s_in/(n s_out)) + bias, the scales in
//                     binary32. Vectorized: blocks of 16 channels break the second tie upward. TFLite optimized/integer_ops/mean.h
// binary32 mean       out = half_away(S/n * (s_in/s_out) - z_in (s_in/s_out)) + z_out in binary32; S/n cut
//                     toward zero where input and output are quantized alike. TFLite <= 2.12 reduce.cc
// binary32            k = (s_in/s_out) * (1/n); out = round(S k + (z_out - n z_in k)) in binary32, half to even or, in older
//                     versions, away from zero. XNNPACK reduce-nd.c
// real                out = half_even((S/n - z_in) s_in/s_out + z_out) in binary64
//
// SUM of codes:
//
// fixed point         out = MBQM(S - n z_in, s_in/s_out) + z_out, clamped.            TFLite >= 2.13
// binary32 wrapping   out = half_away(S k - z_in k n) + z_out in binary32, k = s_in/s_out; what passes the code's range
//                     wraps.                                                          TFLite <= 2.12
// binary32            out = round(S k + (z_out - n z_in k)) in binary32.              XNNPACK
// real                out = half_even((S - n z_in) s_in/s_out + z_out) in binary64

#include <algorithm>
#include <bit>
#include <cmath>

#include "ops/common.h"
#include "ops/reduction.h"

namespace nputwin {
namespace {

constexpr std::int64_t kVectorBlock = 16;

/// The mean's last step: from the sum of n codes to the output code.
class Finish {
 public:
  Finish(MeanMethod method, const Profile& profile, const TensorSpec& in, const TensorSpec& out,
         std::int64_t n)
      : method_(method),
        fused_(profile.fused_multiply_add),
        real_rounding_(profile.real_rounding),
        n_(n),
        z_in_(in.zero_point()),
        z_out_(out.zero_point()),
        range_(code_range(out.type)) {
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
      case MeanMethod::kReal:
        break;
    }
  }

  /// `vector`: the element falls into a whole block of vector code.
  [[nodiscard]] std::int32_t operator()(std::int64_t sum, bool vector) const {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(unclamped(sum, vector), range_.lo, range_.hi));
  }
  [[nodiscard]] bool by_blocks() const { return method_ == MeanMethod::kBinary32BiasVectorized; }

 private:
  [[nodiscard]] std::int64_t unclamped(std::int64_t sum, bool vector) const {
    const auto centred = static_cast<std::int32_t>(sum - n_ * z_in_);
    const auto raw = static_cast<std::int32_t>(sum);
    switch (method_) {
      case MeanMethod::kFoldedCount:
        return std::int64_t{multiply_by_quantized_multiplier(centred, m_)} + z_out_;
      case MeanMethod::kScaledThenDivided:
        return divide_rounded<std::int64_t>(multiply_by_quantized_multiplier(centred, m_), n_,
                                            Rounding::kHalfAwayFromZero) +
               z_out_;
      case MeanMethod::kBinary32Bias:
      case MeanMethod::kBinary32BiasVectorized:
        return std::int64_t{multiply_by_quantized_multiplier(
                   raw, m_, vector ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero)} +
               bias_;
      case MeanMethod::kBinary32Mean: {
        if (codes_only_) return raw / n_;
        const float mean = static_cast<float>(raw) / static_cast<float>(n_);
        return std::int64_t{
                   round_real(static_cast<double>(mean * scale32_ + bias32_), Rounding::kHalfAwayFromZero)} +
               z_out_;
      }
      case MeanMethod::kBinary32:
        return round_real(
            static_cast<double>(multiply_add(static_cast<float>(raw), scale32_, bias32_, fused_)),
            real_rounding_);
      case MeanMethod::kReal:
        break;
    }
    return round_real(static_cast<double>(centred) * real_ + z_out_, Rounding::kHalfToEven);
  }

  MeanMethod method_;
  bool fused_;
  Rounding real_rounding_;
  std::int64_t n_;
  std::int32_t z_in_, z_out_;
  CodeRange range_;
  QuantizedMultiplier m_;
  std::int64_t bias_ = 0;
  float scale32_ = 0, bias32_ = 0;
  bool codes_only_ = false;
  double real_ = 0;
};

/// SUM's last step: from the sum of n codes to the output code.
class FinishSum {
 public:
  FinishSum(SumMethod method, const Profile& profile, const TensorSpec& in, const TensorSpec& out, std::int64_t n)
      : method_(method),
        fused_(profile.fused_multiply_add),
        real_rounding_(profile.real_rounding),
        n_(n),
        z_in_(in.zero_point()),
        z_out_(out.zero_point()),
        out_(out.type) {
    real_ = static_cast<double>(in.scale()) / static_cast<double>(out.scale());
    m_ = quantize_multiplier(real_);
    scale32_ = in.scale() / out.scale();
    if (method == SumMethod::kBinary32Wrapping) {
      bias32_ = static_cast<float>(-z_in_) * scale32_ * static_cast<float>(n);
    } else {
      bias32_ = multiply_add(-(static_cast<float>(n) * static_cast<float>(z_in_)), scale32_, static_cast<float>(z_out_),
                             fused_);
    }
  }

  [[nodiscard]] std::int32_t operator()(std::int64_t sum, bool /*vector*/) const {
    const std::int64_t y = unclamped(sum);
    const CodeRange range = code_range(out_);
    if (method_ != SumMethod::kBinary32Wrapping) return static_cast<std::int32_t>(std::clamp<std::int64_t>(y, range.lo, range.hi));
    const std::int64_t size = std::int64_t{range.hi} - range.lo + 1;
    return static_cast<std::int32_t>(range.lo + ((y - range.lo) % size + size) % size);
  }
  [[nodiscard]] bool by_blocks() const { return false; }

 private:
  [[nodiscard]] std::int64_t unclamped(std::int64_t sum) const {
    const auto centred = static_cast<std::int32_t>(sum - n_ * z_in_);
    const auto raw = static_cast<float>(sum);
    switch (method_) {
      case SumMethod::kFixedPoint:
        return std::int64_t{multiply_by_quantized_multiplier(centred, m_)} + z_out_;
      case SumMethod::kBinary32Wrapping:
        return std::int64_t{round_real(static_cast<double>(multiply_add(raw, scale32_, bias32_, fused_)),
                                       Rounding::kHalfAwayFromZero)} +
               z_out_;
      case SumMethod::kBinary32:
        return round_real(static_cast<double>(multiply_add(raw, scale32_, bias32_, fused_)), real_rounding_);
      case SumMethod::kReal:
        break;
    }
    return round_real(static_cast<double>(centred) * real_ + z_out_, Rounding::kHalfToEven);
  }

  SumMethod method_;
  bool fused_;
  Rounding real_rounding_;
  std::int64_t n_;
  std::int32_t z_in_, z_out_;
  DType out_;
  QuantizedMultiplier m_;
  float scale32_ = 0, bias32_ = 0;
  double real_ = 0;
};

template <typename Last>
class SumKernel final : public Kernel {
 public:
  SumKernel(Last finish, Reduction reduction, std::int64_t channels)
      : finish_(finish), reduction_(std::move(reduction)), channels_(channels) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(reduction_.outputs) * sizeof(std::int64_t);
  }

  void run(const RunContext& context) const override {
    with_code_type(context.inputs[0].spec->type, [&](auto code) {
      using T = decltype(code);
      const auto in = context.inputs[0].as<T>();
      const auto out = context.outputs[0].as<T>();
      auto* sums = reinterpret_cast<std::int64_t*>(context.scratch.data());
      std::fill_n(sums, reduction_.outputs, 0);
      reduction_.for_each(context.inputs[0].spec->shape, [&](std::int64_t from, std::int64_t to) {
        sums[to] += in[static_cast<std::size_t>(from)];
      });
      const std::int64_t whole = channels_ - channels_ % kVectorBlock;
      for (std::int64_t o = 0; o < reduction_.outputs; ++o) {
        out[static_cast<std::size_t>(o)] =
            static_cast<T>(finish_(sums[o], finish_.by_blocks() && o % channels_ < whole));
      }
    });
  }

 private:
  Last finish_;
  Reduction reduction_;
  std::int64_t channels_;
};

/// Numbers, added up in memory order as TFLite's kernels do.
template <typename T>
class NumberSum final : public Kernel {
 public:
  NumberSum(Reduction reduction, bool mean) : reduction_(std::move(reduction)), mean_(mean) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<T>();
    const auto out = context.outputs[0].as<T>();
    std::fill(out.begin(), out.end(), T{0});
    reduction_.for_each(context.inputs[0].spec->shape, [&](std::int64_t from, std::int64_t to) {
      out[static_cast<std::size_t>(to)] += in[static_cast<std::size_t>(from)];
    });
    if (mean_) {
      for (auto& x : out) x /= static_cast<T>(reduction_.count);
    }
  }

 private:
  Reduction reduction_;
  bool mean_;
};

Result<std::unique_ptr<Kernel>> prepare_numbers(const PrepareContext& context, Reduction r, bool mean) {
  if (context.delegated()) return error("the order in which XNNPACK adds binary32 numbers up is not known");
  if (r.count < 1) return error("a reduction over {} values is not supported", r.count);
  return std::make_unique<NumberSum<float>>(std::move(r), mean);
}

Result<Reduction> checked_reduction(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
  // Sums and n * zero point stay inside 32 bits, as in the runtimes.
  const std::int64_t most = in.type == DType::kInt16 ? 1 << 15 : 1 << 23;
  if (in.shape.empty() || r.count < 1 || r.count > most)
    return error("a reduction over {} values of '{}' {} is not supported", r.count, in.name, to_string(in.shape));
  return r;
}

std::int64_t channels_of(const PrepareContext& context) { return std::max(1, context.input(0).shape.back()); }

Result<std::unique_ptr<Kernel>> prepare_mean(const PrepareContext& context) {
  if (all_of_type(context, 1, DType::kFloat32)) {
    NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
    return prepare_numbers(context, std::move(r), true);
  }
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, checked_reduction(context));
  const bool spatial =
      context.attributes->integer("keep_dims") != 0 && r.reduced == std::vector<bool>{false, true, true, false};
  const TensorSpec &in = context.input(0), &out = context.output();
  MeanMethod method = spatial ? context.profile->mean_spatial : context.profile->mean_general;
  if (in.type == DType::kInt16) {
    const Profile& p = context.undelegated();  // no vector code, and no delegate, takes int16
    method = p.mean_spatial == MeanMethod::kReal ? MeanMethod::kReal
             : p.mean_general == MeanMethod::kFoldedCount ? MeanMethod::kFoldedCount
             : spatial                                    ? MeanMethod::kScaledThenDivided
                                                          : p.mean_general;
  }
  return std::make_unique<SumKernel<Finish>>(Finish(method, *context.profile, in, out, r.count), r, channels_of(context));
}

Result<std::unique_ptr<Kernel>> prepare_sum(const PrepareContext& context) {
  if (all_of_type(context, 1, DType::kFloat32)) {
    NPUTWIN_ASSIGN_OR_RETURN(Reduction r, reduction_of(context));
    return prepare_numbers(context, std::move(r), false);
  }
  NPUTWIN_ASSIGN_OR_RETURN(Reduction r, checked_reduction(context));
  const TensorSpec &in = context.input(0), &out = context.output();
  const SumMethod method = in.type == DType::kInt16 ? context.undelegated().sum : context.profile->sum;
  return std::make_unique<SumKernel<FinishSum>>(FinishSum(method, *context.profile, in, out, r.count), r, channels_of(context));
}

}  // namespace

const OpDefinition& mean_op() {
  static constexpr OpDefinition kOp{"MEAN", reduction_shapes, prepare_mean};
  return kOp;
}
const OpDefinition& sum_op() {
  static constexpr OpDefinition kOp{"SUM", reduction_shapes, prepare_sum};
  return kOp;
}

}  // namespace nputwin
