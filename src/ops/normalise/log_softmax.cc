// LOG_SOFTMAX over the last dimension. Codes, with d = q - the row's largest code, s the input's scale; the output has
// scale 1/16 and the largest code as zero point:
//
//   binary32 table  e[d] = expf(-s * -d), binary32 sum, L = log(sum); out = to_even(q * (s / s_out) - (s * max + L) /
//                   s_out) + zp in binary32. TFLite's optimised kernels
//   fixed point     x = MBQM(d) in Q5.26, d below the radius left out; L = log(sum of exp(x) in Q12.19) in Q5.26;
//                   out = RoundingDivideByPOT(x - L, 22) + zp, the lowest code where x - L would overflow. TFLite's
//                   reference kernels: reference/log_softmax.h, reference/integer_ops/log_softmax.h
//   real            (x - log(sum of exp(x))) in binary64 by the RealRule
//
// Which one goes with the profile's SOFTMAX. Numbers: x - max - log(sum of exp(x - max)) in element order.

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "fixed/real_functions.h"
#include "fixed/traced_fixed_point.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "ops/normalise/softmax_exponentials.h"
#include "profile/profile.h"

namespace nputwin::ops::log_softmax {
namespace {

/// The elements of a row.
std::vector<std::int64_t> row_of(std::int64_t element, std::size_t depth) {
  const auto size = static_cast<std::int64_t>(depth);
  std::vector<std::int64_t> elements(depth);
  std::iota(elements.begin(), elements.end(), element / size * size);
  return elements;
}

std::string python_element(std::int64_t element, std::size_t depth) {
  return "q[" + std::to_string(element % static_cast<std::int64_t>(depth)) + "]";
}

class LogSoftmaxNumbers final : public ComparableKernel<LogSoftmaxNumbers> {
 public:
  explicit LogSoftmaxNumbers(std::size_t depth) : depth_(depth) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const auto out = context.outputs[0].as<float>();
    for (std::size_t row = 0; row < in.size(); row += depth_) {
      const auto x = in.subspan(row, depth_);
      const float largest = *std::ranges::max_element(x);
      const float log_sum = log_of(sum(x, largest));
      for (std::size_t c = 0; c < depth_; ++c) out[row + c] = x[c] - largest - log_sum;
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const auto in = context.inputs[0].as<float>();
    const auto x = explained_elements(in, row_of(element, depth_), trace);
    const float largest = *std::ranges::max_element(x);
    const Traced<float> q(&trace, in[static_cast<std::size_t>(element)], python_element(element, depth_));
    trace.line("e = [f32(math.exp(f32(x - max(q)))) for x in q]", "the row's exponentials");
    const auto all =
        noted("sum of the row's exponentials",
              Traced<float>(&trace, sum(std::span(x), largest), "functools.reduce(lambda s, x: f32(s + x), e, 0.0)"));
    explained_number(noted("less the largest", q - largest) - noted("its logarithm", log_of(all)), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(depth_); }

 private:
  [[nodiscard]] static float sum(std::span<const float> row, float largest) {
    float sum = 0;
    for (const float x : row) sum += exp_of(x - largest);
    return sum;
  }

  std::size_t depth_;
};

/// What the codes of a row become. A rule has the row's sum of exponentials, the same in Python, what follows from it,
/// and an element's code by that; the last two for plain and traced numbers.
template <typename Rule>
class LogSoftmaxCodes final : public ComparableKernel<LogSoftmaxCodes<Rule>> {
 public:
  LogSoftmaxCodes(Rule rule, std::size_t depth) : rule_(std::move(rule)), depth_(depth) {}

  void run(const RunContext& context) const override {
    const CodeRange range = code_range(context.outputs[0].spec->type);
    with_8bit_codes(context, [&](auto in, auto out) {
      using T = typename decltype(out)::value_type;
      for (std::size_t row = 0; row < in.size(); row += depth_) {
        const auto codes = in.subspan(row, depth_);
        const std::int32_t largest = *std::ranges::max_element(codes);
        const auto log_sum = rule_.log_sum(rule_.sum(codes, largest), largest);
        for (std::size_t c = 0; c < depth_; ++c)
          out[row + c] = static_cast<T>(
              std::clamp<std::int64_t>(rule_.code(std::int32_t{codes[c]}, largest, log_sum), range.lo, range.hi));
      }
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    with_8bit_codes(context, [&](auto in, auto) {
      const auto codes = explained_elements(in, row_of(element, depth_), trace);
      const std::int32_t largest = *std::ranges::max_element(codes);
      trace.add("the row's largest quantized value", largest);
      const auto sum = rule_.sum(codes, largest);
      const Traced<std::decay_t<decltype(sum)>> all(&trace, sum, rule_.python_sum(largest));
      const auto log_sum = rule_.log_sum(noted("sum of the row's exponentials", all), largest);
      const Traced<std::int32_t> q(&trace, in[static_cast<std::size_t>(element)], python_element(element, depth_));
      explained_code(rule_.code(q, largest, log_sum), code_range(context.outputs[0].spec->type), trace);
    });
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(rule_, depth_); }

 private:
  Rule rule_;
  std::size_t depth_;
};

class Binary32Table {
 public:
  explicit Binary32Table(const PrepareContext& context)
      : s_in_(context.input(0).scale()),
        s_out_(context.output().scale()),
        zero_(context.output().zero_point()),
        fused_(context.profile->fused_multiply_add) {
    for (std::size_t d = 0; d < table_.size(); ++d) table_[d] = exp_of(-s_in_ * static_cast<float>(d));
  }

  [[nodiscard]] float sum(const auto& codes, std::int32_t largest) const {
    float sum = 0;
    for (const auto q : codes) sum += table_[static_cast<std::size_t>(largest - q)];
    return sum;
  }
  [[nodiscard]] std::string python_sum(std::int32_t largest) const {
    return fmt::format("functools.reduce(lambda s, x: f32(s + f32(math.exp(f32({} * ({} - x))))), q, 0.0)",
                       python_constant(-s_in_), largest);
  }

  /// The row's offset, over the output's scale.
  template <typename N>
  [[nodiscard]] N log_sum(const N& sum, std::int32_t largest) const {
    const N logarithm = noted("its logarithm", log_of(sum));
    return noted("scale * largest + logarithm, over the output's scale",
                 N(multiply_add(s_in_, static_cast<float>(largest), logarithm, fused_) / s_out_));
  }
  template <typename N>
  [[nodiscard]] Wide<N> code(const N& q, std::int32_t /*largest*/, const Like<float, N>& offset) const {
    const auto y = multiply_add(s_in_ / s_out_, to<float>(q), -offset, fused_);
    return to<std::int64_t>(round_real(to<double>(y), Rounding::kHalfToEven)) + zero_;
  }

  bool operator==(const Binary32Table&) const = default;

 private:
  float s_in_, s_out_;
  std::int32_t zero_;
  bool fused_;
  std::array<float, 256> table_{};
};

class FixedPoint {
  static constexpr int kInputBits = 5, kSumBits = 12, kOutputBits = 4;  // integer bits

 public:
  explicit FixedPoint(const PrepareContext& context)
      : zero_(context.output().zero_point()), lowest_(code_range(context.output().type).lo) {
    const double scale = static_cast<double>(context.input(0).scale());
    input_ = quantize_multiplier(std::min(scale * (1 << (31 - kInputBits)), 2147483647.0));
    inverse_ = quantize_multiplier(std::ldexp(1.0, 31 - input_.exponent) / input_.multiplier);
    radius_ = -static_cast<std::int32_t>(std::floor(std::ldexp(31.0, 31 - kInputBits - input_.exponent)));
  }

  [[nodiscard]] std::int32_t sum(const auto& codes, std::int32_t largest) const {
    std::int32_t sum = 0;
    for (const auto q : codes) {
      const std::int32_t d = q - largest;
      if (d >= radius_) sum = fixed::add(sum, rounding_divide_by_pot(exp_on_negative(scaled(d), kInputBits), kSumBits));
    }
    return sum;
  }
  [[nodiscard]] std::string python_sum(std::int32_t largest) const {
    return fmt::format(
        "wrapped(sum(shift_half_away_from_zero(exp_on_negative(high_half(wrapped(x - {0} << {1}, 32), {2}), {3}, 31), "
        "{4}) for x in q if x - {0} >= {5}), 32)",
        largest, left(), input_.multiplier, kInputBits, kSumBits, radius_);
  }

  template <typename N>
  [[nodiscard]] N log_sum(const N& sum, std::int32_t /*largest*/) const {
    return fixed_log(sum, kSumBits, kInputBits);
  }
  template <typename N>
  [[nodiscard]] Wide<N> code(const N& q, std::int32_t largest, const N& log_sum) const {
    const std::int32_t reach = rounding_divide_by_pot(
        saturating_rounding_doubling_high_mul(fixed::add(plain(log_sum), INT32_MIN), inverse_.multiplier),
        -inverse_.exponent);
    if (q - largest <= std::max(radius_ - 1, reach)) return std::int64_t{lowest_};
    const N y = wrapping_sub(scaled(N(q - largest)), log_sum);
    return to<std::int64_t>(rounding_divide_by_pot(y, 31 - kInputBits - kOutputBits)) + zero_;
  }

  bool operator==(const FixedPoint&) const = default;

 private:
  [[nodiscard]] int left() const { return std::max(input_.exponent, 0); }
  template <typename N>
  [[nodiscard]] N scaled(const N& d) const {
    return saturating_rounding_doubling_high_mul(shift_left_wrapping(d, left()), input_.multiplier);
  }

  std::int32_t zero_, lowest_;
  QuantizedMultiplier input_, inverse_;
  std::int32_t radius_;
};

class Real {
 public:
  explicit Real(const PrepareContext& context)
      : real_(context.real()),
        s_in_(static_cast<double>(context.input(0).scale())),
        s_out_(static_cast<double>(context.output().scale())),
        zero_(context.output().zero_point()) {}

  [[nodiscard]] double sum(const auto& codes, std::int32_t largest) const {
    double sum = 0;
    for (const auto q : codes) sum += std::exp((q - largest) * s_in_);
    return sum;
  }
  [[nodiscard]] std::string python_sum(std::int32_t largest) const {
    return fmt::format("functools.reduce(lambda s, x: s + math.exp((x - {}) * {}), q, 0.0)", largest,
                       python_constant(s_in_));
  }

  template <typename N>
  [[nodiscard]] N log_sum(const N& sum, std::int32_t /*largest*/) const {
    return noted("its logarithm", log_of(sum));
  }
  template <typename N>
  [[nodiscard]] Wide<N> code(const N& q, std::int32_t largest, const Like<double, N>& log_sum) const {
    const auto x = noted("less the largest, real", to<double>(N(q - largest)) * s_in_);
    return real_.code(noted("over the output's scale", (x - log_sum) / s_out_), zero_);
  }

  bool operator==(const Real&) const = default;

 private:
  RealRule real_;
  double s_in_, s_out_;
  std::int32_t zero_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  constexpr int kMostDepth = 32768;
  if (in.shape.empty() || in.shape.back() < 1 || in.shape.back() > kMostDepth)
    return error("LOG_SOFTMAX over a last dimension of '{}' {} is not supported", in.name, to_string(in.shape));
  const auto depth = static_cast<std::size_t>(in.shape.back());
  if (all_of_type(context, 1, DType::kFloat32)) return std::make_unique<LogSoftmaxNumbers>(depth);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
  if (out.scale() != 1.0F / 16 || out.zero_point() != code_range(out.type).hi)
    return error("output '{}' has scale {} and zero point {}, expected 1/16 and {}", out.name, out.scale(),
                 out.zero_point(), code_range(out.type).hi);
  switch (context.profile->softmax) {
    case SoftmaxMethod::kFixedPoint:
      NPUTWIN_RETURN_IF_ERROR(softmax::check_fixed_point_scale(in, 1));
      return std::make_unique<LogSoftmaxCodes<FixedPoint>>(FixedPoint(context), depth);
    case SoftmaxMethod::kBinary32Table:
    case SoftmaxMethod::kUint16Table:
      return std::make_unique<LogSoftmaxCodes<Binary32Table>>(Binary32Table(context), depth);
    case SoftmaxMethod::kReal:
      return std::make_unique<LogSoftmaxCodes<Real>>(Real(context), depth);
    default:
      return error("what {} computes is not known", context.profile->name);
  }
}

}  // namespace

const OpDefinition& log_softmax_op() {
  static constexpr OpDefinition kOp{"LOG_SOFTMAX", unary_shapes, prepare, Family::kSoftmax, Family::kNumberFunctions};
  return kOp;
}

}  // namespace nputwin::ops::log_softmax
