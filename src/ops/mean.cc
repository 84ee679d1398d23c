// MEAN, 8-bit, over constant axes. With S the sum of the n codes, z the zero points, s the scales, MBQM TFLite's
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

#include <algorithm>
#include <bit>
#include <cmath>

#include "ops/common.h"

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

class Mean final : public Kernel {
 public:
  /// `place[i]`: the output element to which input element i counts is the sum over d of index[d] *
  /// to_stride[d].
  Mean(Finish finish, std::vector<std::int64_t> to_stride, std::int64_t outputs, std::int64_t channels)
      : finish_(finish), to_stride_(std::move(to_stride)), outputs_(outputs), channels_(channels) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return static_cast<std::size_t>(outputs_) * sizeof(std::int32_t);
  }

  void run(const RunContext& context) const override {
    auto* sums = reinterpret_cast<std::int32_t*>(context.scratch.data());
    std::fill_n(sums, outputs_, 0);
    with_codes(context, [&](auto in, auto out) {
      add(in.data(), context.inputs[0].spec->shape, 0, 0, 0, sums);
      const std::int64_t whole = channels_ - channels_ % kVectorBlock;
      for (std::int64_t o = 0; o < outputs_; ++o) {
        out[static_cast<std::size_t>(o)] = static_cast<typename decltype(out)::value_type>(
            finish_(sums[o], finish_.by_blocks() && o % channels_ < whole));
      }
    });
  }

 private:
  template <typename T>
  void add(const T* codes, const Shape& shape, std::size_t d, std::int64_t from, std::int64_t to,
           std::int32_t* sums) const {
    const std::int64_t stride = to_stride_[d];
    if (d + 1 == shape.size()) {
      for (std::int32_t i = 0; i < shape[d]; ++i) sums[to + i * stride] += codes[from * shape[d] + i];
      return;
    }
    for (std::int32_t i = 0; i < shape[d]; ++i)
      add(codes, shape, d + 1, from * shape[d] + i, to + i * stride, sums);
  }

  Finish finish_;
  std::vector<std::int64_t> to_stride_;
  std::int64_t outputs_, channels_;
};

Result<std::vector<bool>> reduced_axes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto axes, constant_integers(node, 1, "axes"));
  std::vector<bool> reduced(node.input(0).shape.size(), false);
  for (const auto axis : axes) {
    NPUTWIN_ASSIGN_OR_RETURN(const int d, normalized_axis(axis, reduced.size()));
    reduced[static_cast<std::size_t>(d)] = true;
  }
  return reduced;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const auto reduced, reduced_axes(node));
  Shape out;
  for (std::size_t d = 0; d < reduced.size(); ++d) {
    if (!reduced[d])
      out.push_back(node.input(0).shape[d]);
    else if (node.attributes->integer("keep_dims") != 0)
      out.push_back(1);
  }
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  const TensorSpec& out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kUInt8}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(out, {in.type}, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(in, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(out, "output"));
  NPUTWIN_ASSIGN_OR_RETURN(const auto reduced, reduced_axes(context));
  std::int64_t n = 1, outputs = 1;
  std::vector<std::int64_t> stride(reduced.size(), 0);
  for (std::size_t d = reduced.size(); d-- > 0;) {
    if (reduced[d]) {
      n *= in.shape[d];
    } else {
      stride[d] = outputs;
      outputs *= in.shape[d];
    }
  }
  if (in.shape.empty() || n < 1 || n > (1 << 23))
    return error("a mean over {} values of '{}' {} is not supported", n, in.name, to_string(in.shape));
  const bool spatial =
      context.attributes->integer("keep_dims") != 0 && reduced == std::vector<bool>{false, true, true, false};
  const MeanMethod method = spatial ? context.profile->mean_spatial : context.profile->mean_general;
  return std::make_unique<Mean>(Finish(method, *context.profile, in, out, n), std::move(stride), outputs,
                                std::max(1, in.shape.back()));
}

}  // namespace

const OpDefinition& mean_op() {
  static constexpr OpDefinition kOp{"MEAN", infer_shapes, prepare};
  return kOp;
}

}  // namespace nputwin
