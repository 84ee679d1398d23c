// SOFTMAX over the last dimension. 8-bit codes to 8 bits, output scale 1/256 and zero point -128 (int8) or 0 (uint8),
// or int8 to int16, scale 1/65536 and zero point -32768. d = code - largest code of the row, x = beta * s_in * d <= 0:
//
// fixed point     x in Q5.26 by a multiplier; exp on negative values, the sum in Q12.19, its reciprocal by Newton
//                 steps; out = RDByPOT(SRDHM(1/sum, exp), bits + 31 - bits of the output) + zp; d below the radius
//                 counts as 0.
//                 Source: TFLite reference/softmax.h, gemmlowp.
// binary32 table  e[d] = expf(-beta s_in |d|); sum in binary32 in element order; p = e[d] * (1/(sum * s_out));
//                 int8, int16 half away from zero, uint8 trunc(p + 1/2). Source: TFLite optimized_ops.h.
// uint16 table    e[d] = trunc(expf * 65535 + 1/2); integer sum; MBQM(e[d], 1/(sum_real * s_out) / 65535); blocks of 16
//                 break ties upward, the last ones away from zero. Source: TFLite optimized_ops.h, AArch64 clang.
//                 Not where the output is int16: binary32 table.
// uint32 table    e[d] = to_even(min((2^32 - 1)/n, 2^23 - 1) * exp(x)) for n elements; p = floor((256 e + sum/2) /
//                 sum), sums in integers. Only uint8. Source: QNNPACK softargmax.c, u8lut32norm.
// fixed point table  as fixed point with e[d] = min(half_away(2^31 exp(x)), 2^31 - 1) for every d and the two divisions
//                 by powers of two half up; only beta 1. Source: TensorFlow mlir/tosa legalize_common.cc,
//                 convertSoftmaxOp.
// real            half_even(exp(x) / sum / s_out + zp) in binary64.
//
// int16 codes to int16, output scale 1/32768: exp(x) for x >= -10 and 1/(1 + x) by interpolated tables (formed in
// binary64; TensorFlow Lite Micro: binary32), integer sum; TFLite reference/softmax.h, SoftmaxInt16. Numbers: expf,
// binary32 sum in element order, quotient (reference kernels).

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "fixed/interpolated_table.h"
#include "fixed/real_functions.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "ops/normalise/softmax_exponentials.h"
#include "profile/profile.h"

namespace nputwin::ops::softmax {
namespace {

class Softmax final : public ComparableKernel<Softmax> {
 public:
  Softmax(Exponentials exponentials, int depth) : exponentials_(exponentials), depth_(depth) {}

  [[nodiscard]] std::size_t scratch_bytes() const override {
    return 2 * static_cast<std::size_t>(depth_) * sizeof(std::int32_t);
  }

  void run(const RunContext& context) const override {
    if (context.inputs[0].spec->type != context.outputs[0].spec->type) {
      run(context, context.inputs[0].as<std::int8_t>(), context.outputs[0].as<std::int16_t>());
    } else {
      with_8bit_codes(context, [&](auto in, auto out) { run(context, in, out); });
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    with_code_type(context.inputs[0].spec->type, [&](auto code) {
      const auto codes = context.inputs[0].as<decltype(code)>();
      const std::int64_t first = element / depth_ * depth_;
      std::vector<std::int32_t> distance, unused(static_cast<std::size_t>(depth_));
      for (std::int64_t e = first; e < first + depth_; ++e) {
        distance.push_back(codes[static_cast<std::size_t>(e)]);
        trace.add_input({0, e, static_cast<double>(distance.back())});
      }
      const std::int32_t largest = *std::max_element(distance.begin(), distance.end());
      for (std::int32_t& d : distance) d -= largest;
      trace.add("the row's largest quantized value", largest);
      const CodeRange range = code_range(context.outputs[0].spec->type);
      const Traced<std::int32_t> y = exponentials_.explained(Row{distance.data(), unused.data(), depth_},
                                                             static_cast<int>(element - first), trace);
      explained_code(to<std::int64_t>(y) + range.lo, range, trace);
    });
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(exponentials_, depth_); }

 private:
  template <typename In, typename T>
  void run(const RunContext& context, std::span<const In> in, std::span<T> out) const {
    const CodeRange range = code_range(context.outputs[0].spec->type);
    auto* distance = reinterpret_cast<std::int32_t*>(context.scratch.data());
    auto* result = distance + depth_;
    for (std::size_t row = 0; row < in.size(); row += static_cast<std::size_t>(depth_)) {
      const auto codes = in.subspan(row, static_cast<std::size_t>(depth_));
      const int largest = *std::max_element(codes.begin(), codes.end());
      for (int i = 0; i < depth_; ++i) distance[i] = codes[static_cast<std::size_t>(i)] - largest;
      if (!exponentials_(Row{distance, result, depth_}))
        return context.fail(
            fmt::format("the exponentials of the row from element {} on add up to 512 or more: the "
                        "runtime ends, or shifts 32 bits by 32, which C++ does not define",
                        row));
      for (int i = 0; i < depth_; ++i)
        out[row + static_cast<std::size_t>(i)] = static_cast<T>(std::clamp(result[i] + range.lo, range.lo, range.hi));
    }
  }

  Exponentials exponentials_;
  int depth_;
};

class SoftmaxInt16 final : public ComparableKernel<SoftmaxInt16> {
 public:
  /// `T`: what the tables are formed in.
  template <typename T>
  SoftmaxInt16(FixedPointMultiply multiply, int depth, QuantizedMultiplier input, T /*one*/)
      : multiply_(multiply),
        depth_(depth),
        input_(input),
        exp_(T{10} / 65535, INT16_MAX, T{2} / 65535, 0,
             [](T x) { return static_cast<T>(std::exp(static_cast<double>(x))); }),
        reciprocal_(T{1} / 65535, INT16_MIN, T{2} / 65535, 0, [](T x) { return 1 / (1 + x); }) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<std::int16_t>();
    const auto out = context.outputs[0].as<std::int16_t>();
    const auto depth = static_cast<std::size_t>(depth_);
    for (std::size_t at = 0; at < out.size(); at += depth) row(in.subspan(at, depth), out.subspan(at, depth));
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const auto in = context.inputs[0].as<std::int16_t>();
    const std::int64_t first = element / depth_ * depth_;
    const auto row = in.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(depth_));
    const std::int32_t largest = *std::max_element(row.begin(), row.end());
    std::vector<std::int32_t> exponentials;
    for (std::int64_t c = 0; c < depth_; ++c) {
      const std::int16_t code = row[static_cast<std::size_t>(c)];
      trace.add_input({0, first + c, static_cast<double>(code)});
      exponentials.push_back(exponential(code - largest));
    }
    trace.add("the row's largest quantized value", largest);
    explained_list("e", exponentials, trace, "the row's exponentials, by the table");
    const Traced<std::int32_t> q(&trace, in[static_cast<std::size_t>(element)],
                                 std::to_string(in[static_cast<std::size_t>(element)]));
    const auto e = noted("the element's exponential", exponential(noted("less the largest", q - largest)));
    const std::int32_t total = std::accumulate(exponentials.begin(), exponentials.end(), 0);
    const auto sum = noted("sum of the row's exponentials", Traced<std::int32_t>(&trace, total, "sum(e)"));
    explained_code(scaled(to<std::int64_t>(e), scale_of(to<std::int64_t>(sum))), code_range(DType::kInt16), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(multiply_, depth_, input_, exp_, reciprocal_); }

 private:
  void row(std::span<const std::int16_t> in, std::span<std::int16_t> out) const {
    const int largest = *std::max_element(in.begin(), in.end());
    std::int32_t sum = 0;  // Q16.15
    for (std::size_t c = 0; c < in.size(); ++c) {
      out[c] = exponential(in[c] - largest);
      sum += out[c];
    }
    const Scale<std::int64_t> scale = scale_of(std::int64_t{sum});
    for (auto& y : out) y = static_cast<std::int16_t>(scaled(std::int64_t{y}, scale));
  }

  // The definition, for plain and traced numbers.

  /// exp of a code less the row's largest, in Q0.15.
  template <typename N>
  [[nodiscard]] Like<std::int16_t, N> exponential(const N& difference) const {
    const auto scaled = to<std::int64_t>(multiply_(difference, input_));
    return exp_(saturate_cast<std::int16_t>(scaled + INT16_MAX));
  }
  /// What a row's exponentials are multiplied by, and the shift behind that.
  template <typename N>
  struct Scale {
    N factor;
    int right;
  };
  template <typename N>
  [[nodiscard]] Scale<N> scale_of(const N& sum) const {
    // The largest element has exp(0): sum is 32767 or more, and prepare's bound on the depth keeps it below 2^30.
    const int headroom = std::clamp(std::countl_zero(static_cast<std::uint32_t>(plain(sum))), 1, 17);
    const N shifted = ((sum << (headroom - 1)) + (1 << 13)) >> 14;
    const N factor = to<std::int64_t>(reciprocal_(saturate_cast<std::int16_t>(N(shifted - (1 << 15) - (1 << 16)))));
    return {noted("the sum's reciprocal, by the table", factor), 31 - headroom};
  }
  template <typename N>
  [[nodiscard]] static N scaled(const N& e, const Scale<N>& scale) {
    return clamped<std::int64_t>(shift_right_rounded(e * scale.factor, scale.right, Rounding::kHalfUp), 0, INT16_MAX);
  }

  FixedPointMultiply multiply_;
  int depth_;
  QuantizedMultiplier input_;
  InterpolatedTable exp_, reciprocal_;
};

class SoftmaxNumbers final : public ComparableKernel<SoftmaxNumbers> {
 public:
  SoftmaxNumbers(int depth, float beta) : depth_(depth), beta_(beta) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const auto out = context.outputs[0].as<float>();
    const auto depth = static_cast<std::size_t>(depth_);
    for (std::size_t row = 0; row < in.size(); row += depth) {
      const auto x = in.subspan(row, depth);
      const float largest = *std::max_element(x.begin(), x.end());
      float sum = 0;
      for (std::size_t c = 0; c < depth; ++c) sum += out[row + c] = exp_of((x[c] - largest) * beta_);
      for (std::size_t c = 0; c < depth; ++c) out[row + c] /= sum;
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    std::vector<std::int64_t> row(static_cast<std::size_t>(depth_));
    std::iota(row.begin(), row.end(), element / depth_ * depth_);
    const auto x = explained_elements(context.inputs[0].as<float>(), row, trace);
    const float largest = *std::max_element(x.begin(), x.end());
    float sum = 0;
    for (const float value : x) sum += exp_of((value - largest) * beta_);
    const Traced<float> q(&trace, x[static_cast<std::size_t>(element % depth_)],
                          "q[" + std::to_string(element % depth_) + "]");
    const auto e = noted("the element's exponential", exp_of(Traced<float>((q - largest) * beta_)));
    const std::string less = "f32(f32(x - " + python_constant(largest) + ") * " + python_constant(beta_) + ")";
    trace.line("e = [f32(math.exp(" + less + ")) for x in q]", "the row's exponentials");
    explained_number(e / noted("sum of the row's exponentials",
                               Traced<float>(&trace, sum, "functools.reduce(lambda s, x: f32(s + x), e, 0.0)")),
                     trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(depth_, beta_); }

 private:
  int depth_;
  float beta_;
};

Status check_output(const TensorSpec& in, const TensorSpec& out) {
  const bool widens = in.type == DType::kInt8 && out.type == DType::kInt16;
  if (!widens && in.type != out.type)
    return error("input '{}' is {} and output '{}' {}, which do not go together", in.name, name(in.type), out.name,
                 name(out.type));
  const float scale = is_8bit(out.type) ? 1.0F / 256 : widens ? 1.0F / 65536 : 1.0F / 32768;
  const std::int32_t zero = in.type == DType::kInt16 ? 0 : code_range(out.type).lo;
  // TFLite lets the scale be off by a thousandth, and computes with the one that is given.
  if (std::fabs(out.scale() - scale) <= 0.001F * scale && out.zero_point() == zero) return {};
  return error("output '{}' has scale {} and zero point {}, expected {} and {}", out.name, out.scale(),
               out.zero_point(), scale, zero);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  const auto beta = static_cast<float>(context.attributes->real("beta"));
  if (!(beta > 0) || std::isinf(beta)) return error("beta is {}, expected a positive number", beta);
  constexpr int kMostDepth = 32768;
  if (in.shape.empty() || in.shape.back() < 1 || in.shape.back() > kMostDepth)
    return error("softmax over a last dimension of '{}' {} is not supported", in.name, to_string(in.shape));
  if (all_of_type(context, 1, DType::kFloat32)) {
    if (context.delegated()) return error("the order in which XNNPACK adds binary32 numbers up is not known");
    return std::make_unique<SoftmaxNumbers>(in.shape.back(), beta);
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kUInt8, DType::kInt16}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(in, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(out, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_output(in, out));
  if (in.type == DType::kInt16) {
    const QuantizedMultiplier input = quantize_multiplier(context.ratio(in.scale(), beta, 1) / (10.0 / 65535.0));
    if (context.profile->softmax_tables_in_binary32)
      return std::make_unique<SoftmaxInt16>(context.multiply(), in.shape.back(), input, 1.0F);
    return std::make_unique<SoftmaxInt16>(context.multiply(), in.shape.back(), input, 1.0);
  }
  SoftmaxMethod method = context.profile->softmax;
  if (method == SoftmaxMethod::kUint16Table && out.type == DType::kInt16) method = SoftmaxMethod::kBinary32Table;
  if (method == SoftmaxMethod::kFixedPoint)
    NPUTWIN_RETURN_IF_ERROR(check_fixed_point_scale(in, static_cast<double>(beta)));
  if (method == SoftmaxMethod::kUint32Table && out.type != DType::kUInt8)
    return error("QNNPACK's softmax supports only uint8, got {}", name(out.type));
  if (method == SoftmaxMethod::kFixedPointTable && (beta != 1 || out.type != in.type))
    return error("TensorFlow writes a softmax of codes as TOSA only for beta 1 and equal types, got {} and {}", beta,
                 name(out.type));
  return std::make_unique<Softmax>(Exponentials(method, context.real(), beta, in, out), in.shape.back());
}

}  // namespace

const OpDefinition& softmax_op() {
  static constexpr OpDefinition kOp{"SOFTMAX", unary_shapes, prepare, Family::kSoftmax, Family::kNumberFunctions};
  return kOp;
}

}  // namespace nputwin::ops::softmax
