// L2_NORMALIZATION over the last dimension.
//
//   codes    n = 1/sqrt(sum of (q - zp)^2) by Newton steps; out = MBQM(q - zp, n * 2^7), uint8 MBQM(128 (q - zp), n) +
//            128. TFLite fixes the output to scale 1/128 and zero point 0 (int8) or 128 (uint8).
//            Source: TFLite l2norm.cc, reference/integer_ops/l2normalization.h, reference/l2normalization.h
//   real     (q - zp) / sqrt(sum) / s_out in binary64, by the RealRule
//   numbers  x / max(sqrt(sum of x^2), 1e-6) in binary32; how the sum is formed depends on the compiler, see
//            L2NormOfNumbers

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "fixed/fixed_point.h"
#include "fixed/real_functions.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "ops/codes.h"
#include "profile/profile.h"

namespace nputwin::ops::l2_normalization {
namespace {

class L2NormalizationCodes final : public ComparableKernel<L2NormalizationCodes> {
 public:
  /// `real`: the rule for the real quotient; nothing: fixed point.
  L2NormalizationCodes(int depth, std::optional<RealRule> real, FixedPointMultiply multiply)
      : depth_(depth), real_(real), multiply_(real ? FixedPointMultiply{} : multiply) {}

  void run(const RunContext& context) const override {
    const TensorSpec &in_spec = *context.inputs[0].spec, &out_spec = *context.outputs[0].spec;
    const std::int32_t zero = in_spec.zero_point();
    const CodeRange range = code_range(out_spec.type);
    with_8bit_codes(context, [&](auto in, auto out) {
      const auto depth = static_cast<std::size_t>(depth_);
      for (std::size_t row = 0; row < in.size(); row += depth) {
        std::int32_t sum = 0;
        for (std::size_t c = row; c < row + depth; ++c) sum += (in[c] - zero) * (in[c] - zero);
        for (std::size_t c = row; c < row + depth; ++c) {
          const std::int64_t y = code(in[c] - zero, sum, in_spec.type == DType::kUInt8, out_spec);
          out[c] = static_cast<typename decltype(out)::value_type>(std::clamp<std::int64_t>(y, range.lo, range.hi));
        }
      }
    });
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const TensorSpec &in_spec = *context.inputs[0].spec, &out_spec = *context.outputs[0].spec;
    with_8bit_codes(context, [&](auto in, auto) {
      using T = typename decltype(in)::value_type;
      const std::int64_t first = element / depth_ * depth_;
      std::int32_t sum = 0;
      for (std::int64_t e = first; e < first + depth_; ++e) {
        const std::int32_t x = in[static_cast<std::size_t>(e)] - in_spec.zero_point();
        if (e != element) trace.add_input({0, e, static_cast<double>(x + in_spec.zero_point())});
        sum += x * x;
      }
      const auto q = explained_input<std::remove_const_t<T>>(context, 0, element, "q", trace);
      trace.add("sum of the row's (quantized value - zero point)^2", sum);
      const auto x = noted("quantized value - zero point", q - in_spec.zero_point());
      explained_code(code(x, sum, in_spec.type == DType::kUInt8, out_spec), code_range(out_spec.type), trace);
    });
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(depth_, real_, multiply_); }

 private:
  template <typename N>
  [[nodiscard]] Wide<N> code(const N& x, std::int32_t sum, bool is_uint8, const TensorSpec& out) const {
    if (real_) {
      const double length = std::sqrt(static_cast<double>(std::max(sum, 1)));
      return real_->code(noted("over the length", x / length / static_cast<double>(out.scale())), out.zero_point());
    }
    QuantizedMultiplier inverse = inverse_square_root(sum);
    if (is_uint8) return std::int64_t{128} + to<std::int64_t>(multiply_(128 * x, inverse));
    inverse.exponent += 7;
    return to<std::int64_t>(multiply_(x, inverse));
  }

  int depth_;
  std::optional<RealRule> real_;
  FixedPointMultiply multiply_;
};

class L2NormalizationNumbers final : public ComparableKernel<L2NormalizationNumbers> {
 public:
  L2NormalizationNumbers(int depth, L2NormOfNumbers method)
      : depth_(depth),
        head_(method == L2NormOfNumbers::kEights      ? depth / 8 * 8
              : method == L2NormOfNumbers::kFourLanes ? depth / kLanes * kLanes
                                                      : 0),
        method_(method) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const auto out = context.outputs[0].as<float>();
    const auto depth = static_cast<std::size_t>(depth_);
    for (std::size_t row = 0; row < in.size(); row += depth) {
      const float sum = squares(in.subspan(row, depth));
      for (std::size_t c = row; c < row + depth; ++c) out[c] = normalised(in[c], sum);
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const auto in = context.inputs[0].as<float>();
    const std::int64_t first = element / depth_ * depth_;
    std::vector<std::int64_t> row;
    for (std::int64_t e = first; e < first + depth_; ++e) row.push_back(e);
    const auto x = explained_elements(in, row, trace);
    const auto c = static_cast<std::size_t>(element - first);
    const auto sum = noted("sum of the squares, binary32", Traced<float>(&trace, squares(x), python()));
    explained_number(normalised(Traced<float>(&trace, x[c], "q[" + std::to_string(c) + "]"), sum), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(depth_, method_); }

 private:
  static constexpr int kLanes = 4;

  [[nodiscard]] float squares(std::span<const float> x) const {
    const auto head = x.first(static_cast<std::size_t>(head_));
    float sum = 0;
    if (method_ == L2NormOfNumbers::kFourLanes) {
      std::array<float, kLanes> lanes{};
      for (std::size_t c = 0; c < head.size(); ++c)
        lanes[c % kLanes] = multiply_add(head[c], head[c], lanes[c % kLanes], true);
      sum = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    } else {
      for (const float v : head) sum += v * v;
    }
    for (const float v : x.subspan(head.size())) sum = multiply_add(v, v, sum, method_ != L2NormOfNumbers::kInOrder);
    return sum;
  }
  /// The same of the list `q`.
  [[nodiscard]] std::string python() const {
    std::string head = head_ == 0 ? "0.0" : python_squares(fmt::format("q[:{}]", head_), false);
    if (method_ == L2NormOfNumbers::kFourLanes) {
      const auto lane = [&](int k) { return python_squares(fmt::format("q[{}:{}:{}]", k, head_, kLanes), true); };
      head = fmt::format("f32(f32({} + {}) + f32({} + {}))", lane(0), lane(1), lane(2), lane(3));
    }
    return python_squares(fmt::format("q[{}:]", head_), method_ != L2NormOfNumbers::kInOrder, head);
  }
  /// Of numbers, plain or traced.
  template <typename N>
  [[nodiscard]] N normalised(const N& x, const N& sum) const {
    const N root = sqrt_of(sum);
    const N length = noted("the length", root < 1e-6F ? N{1e-6F} : root);
    return method_ == L2NormOfNumbers::kFourLanes ? N(x * noted("1 / length, binary32", N(1.0F / length)))
                                                  : N(x / length);
  }

  int depth_;
  int head_;  ///< how many of a row are added in another way than the rest
  L2NormOfNumbers method_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec &in = context.input(0), &out = context.output();
  if (context.attributes->integer("fused_activation_function") != 0)
    return error("a fused activation is not supported");
  constexpr int kMostDepth = 1 << 15;  // the sum of squares stays inside 32 bits
  if (in.shape.empty() || in.shape.back() < 1 || in.shape.back() > kMostDepth)
    return error("a norm over the last dimension of '{}' {} is not supported", in.name, to_string(in.shape));
  if (all_of_type(context, 1, DType::kFloat32))
    return std::make_unique<L2NormalizationNumbers>(in.shape.back(), context.profile->l2_normalization_of_numbers);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
  const std::int32_t zero = out.type == DType::kUInt8 ? 128 : 0;
  if (out.scale() != 1.0F / 128 || out.zero_point() != zero) {
    return error("output '{}' has scale {} and zero point {}, expected 1/128 and {}", out.name, out.scale(),
                 out.zero_point(), zero);
  }
  const bool real = context.profile->table == TableMethod::kReal;
  return std::make_unique<L2NormalizationCodes>(in.shape.back(), real ? std::optional(context.real()) : std::nullopt,
                                                context.multiply());
}

}  // namespace

const OpDefinition& l2_normalization_op() {
  static constexpr OpDefinition kOp{"L2_NORMALIZATION", unary_shapes, prepare, Family::kNormalization};
  return kOp;
}

}  // namespace nputwin::ops::l2_normalization
