// LOCAL_RESPONSE_NORMALIZATION over the last dimension, numbers: out[c] = x[c] * (bias + alpha * S)^-beta, S the sum of
// the squares from c - radius to c + radius, all in binary32; TFLite's reference kernels leave the last of them out, a
// fault. Source: TFLite reference_ops.h (optimised kernels add in another order).

#include "fixed/real_functions.h"
#include "kernels/explain.h"
#include "ops/checks.h"
#include "profile/profile.h"

namespace nputwin::ops::local_response_normalization {
namespace {

class LocalResponse final : public ComparableKernel<LocalResponse> {
 public:
  /// Sums go from `before` ahead of a channel to `after` behind it, both counted.
  LocalResponse(int depth, int before, int after, float bias, float alpha, float beta)
      : depth_(depth), before_(before), after_(after), bias_(bias), alpha_(alpha), beta_(beta) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[0].as<float>();
    const auto out = context.outputs[0].as<float>();
    for (std::size_t row = 0; row < in.size(); row += static_cast<std::size_t>(depth_)) {
      const auto x = in.subspan(row, static_cast<std::size_t>(depth_));
      for (int c = 0; c < depth_; ++c) {
        float sum = 0;
        for (int k = first(c); k < end(c); ++k) sum += x[static_cast<std::size_t>(k)] * x[static_cast<std::size_t>(k)];
        out[row + static_cast<std::size_t>(c)] = normalised(x[static_cast<std::size_t>(c)], sum);
      }
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const auto in = context.inputs[0].as<float>();
    const int c = static_cast<int>(element % depth_);
    std::vector<std::int64_t> elements;
    for (int k = first(c); k < end(c); ++k) elements.push_back(element - c + k);
    float sum = 0;
    for (const float v : explained_elements(in, elements, trace)) sum += v * v;
    const bool summed = first(c) <= c && c < end(c);
    const auto x =
        summed ? Traced<float>(&trace, in[static_cast<std::size_t>(element)], "q[" + std::to_string(c - first(c)) + "]")
               : explained_input<float>(context, 0, element, "x", trace);
    const auto squares = noted("sum of the squares, binary32", Traced<float>(&trace, sum, python_squares("q", false)));
    explained_number(normalised(x, squares), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(depth_, before_, after_, bias_, alpha_, beta_); }

 private:
  /// The channels whose squares count for channel c.
  [[nodiscard]] int first(int c) const { return std::max(0, c - before_); }
  [[nodiscard]] int end(int c) const { return std::min(depth_, c + after_ + 1); }

  /// Of numbers, plain or traced.
  template <typename N>
  [[nodiscard]] N normalised(const N& x, const N& sum) const {
    const N base = noted("bias + alpha * sum, binary32", bias_ + alpha_ * sum);
    return x * noted("that to the power -beta", pow_of(base, N{-beta_}));
  }

  int depth_, before_, after_;
  float bias_, alpha_, beta_;
};

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kFloat32}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kFloat32}, "output"));
  const std::int64_t radius = context.attributes->integer("radius");
  if (in.shape.empty() || in.shape.back() < 1 || radius < 0 || radius > 1 << 20)
    return error("radius {} over '{}' {} is not supported", radius, in.name, to_string(in.shape));
  const auto real = [&](const char* name) { return static_cast<float>(context.attributes->real(name)); };
  const int before = static_cast<int>(radius);
  const bool reference = in_tflite(context) && !optimised_kernels(context.profile->registry);
  return std::make_unique<LocalResponse>(in.shape.back(), before, reference ? before - 1 : before, real("bias"),
                                         real("alpha"), real("beta"));
}

}  // namespace

const OpDefinition& local_response_normalization_op() {
  static constexpr OpDefinition kOp{"LOCAL_RESPONSE_NORMALIZATION", unary_shapes, prepare, Family::kNumbers,
                                    Family::kNumberFunctions};
  return kOp;
}

}  // namespace nputwin::ops::local_response_normalization
