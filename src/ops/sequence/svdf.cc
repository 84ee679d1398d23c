// SVDF, int8 with an int16 state. For each filter f of rank r: the state [batch, filters, memory] moves one step back,
// then
//
//   state[b,f,last] = sat16(MBQM(sum_i w_feature[f,i] * (x[b,i] - zp_in), s_in*s_feature/s_state))
//   out[b,u] = sat8(MBQM(bias[u] + sum_{f of u} sum_m w_time[f,m] * state[b,f,m], s_state*s_time/s_out) + zp_out)
//
// with u = f / r and the ratios formed in binary32. Source: TFLite svdf.cc, reference/svdf.h.
//
// TensorFlow Lite Micro forms the ratios in binary64, and takes an int8 state with int8 time weights too:
// state[b,f,last] = sat8(...) + zp_state, which wraps, and what is summed is state - zp_state. Source: its
// svdf_common.cc.

#include <algorithm>

#include "kernels/dot/dot.h"
#include "kernels/explain.h"
#include "kernels/multiply/multiply.h"
#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/sequence/inner_steps.h"
#include "profile/profile.h"

namespace nputwin::ops::svdf {
namespace {

enum Input : std::size_t { kActivations, kFeatureWeights, kTimeWeights, kBias, kState };

/// `T`: the type of the state and of the time weights.
template <typename T>
class Svdf final : public ComparableKernel<Svdf<T>> {
 public:
  /// `constant`: the weights and the bias are known before anything runs.
  Svdf(FixedPointMultiply multiply, int rank, QuantizedMultiplier feature, QuantizedMultiplier time, bool constant,
       const PrepareContext& context)
      : multiply_(multiply), rank_(rank), feature_(feature), time_(time), constant_(constant) {
    const std::string refusal = context.isa.scalar() ? kScalarAskedFor
                                : sizeof(T) == 1     ? "it takes a state of int16, the op has int8"
                                : !constant          ? "the weights are computed while the model runs"
                                                     : "";
    if (!refusal.empty()) {
      form_.refused.push_back({"dot_rows", refusal});
      return;
    }
    const TensorView w{&context.input(kFeatureWeights), *context.inputs[kFeatureWeights].constant};
    const auto codes = w.as<std::int8_t>();
    weights_.assign(codes.begin(), codes.end());
    weights_.resize(weights_.size() + kDotPadding);
    filters_ = static_cast<std::size_t>(w.spec->shape[0]);
    inputs_ = static_cast<std::size_t>(w.spec->shape[1]);
    dots_ = dot_rows(context.isa);
    by_feature_ = ManyMultiply(multiply, feature, context.isa);
    by_time_ = ManyMultiply(multiply, time, context.isa);
    form_ = {"dot_rows", context.isa.name, {}, {}};
  }

  [[nodiscard]] KernelForm form() const override { return form_; }
  [[nodiscard]] std::size_t scratch_bytes() const override {
    return filters_ * sizeof(std::int32_t) + (inputs_ + kDotPadding) * sizeof(std::int16_t);
  }

  void run(const RunContext& context) const override {
    const Sizes n(context, rank_);
    const auto state = context.state[0].template as<T>();
    const auto out = context.outputs[0].as<std::int8_t>();
    std::copy(state.begin() + 1, state.end(), state.begin());
    for (std::size_t b = 0; b < n.batch; ++b) {
      if constexpr (sizeof(T) == 2) {
        if (dots_.rows != nullptr) {
          by_vectors(context, n, b);
          continue;
        }
      }
      for (std::size_t f = 0; f < n.filters; ++f)
        state[(b * n.filters + f) * n.memory + n.memory - 1] =
            newest(feature_sum(context, n, b, f), zero_state(context));
      for (std::size_t u = 0; u < n.units; ++u)
        out[b * n.units + u] = saturate_cast<std::int8_t>(output(time_sum(context, n, b, u), zero_out(context)));
    }
  }

  bool explain(const RunContext& context, std::size_t /*output*/, std::int64_t element, Trace& trace) const override {
    const Sizes n(context, rank_);
    const auto rank = static_cast<std::size_t>(rank_);
    const std::size_t b = static_cast<std::size_t>(element) / n.units, u = static_cast<std::size_t>(element) % n.units;
    const auto in = context.inputs[kActivations].as<std::int8_t>();
    const auto w_feature = context.inputs[kFeatureWeights].as<std::int8_t>();
    std::vector<std::int32_t> x, w;
    for (std::size_t i = b * n.inputs; i < (b + 1) * n.inputs; ++i) {
      trace.add_input({kActivations, static_cast<std::int64_t>(i), static_cast<double>(in[i])});
      x.push_back(in[i] - context.inputs[kActivations].spec->zero_point());
    }
    explained_list("x", x, trace, "quantized values - zero point");
    run(context);  // the state behind this step
    const auto state = context.state[0].template as<T>();
    const std::int32_t zero = zero_state(context);
    std::string states = "s = [";
    for (std::size_t f = u * rank; f < (u + 1) * rank; ++f) {
      w.assign(&w_feature[f * n.inputs], &w_feature[f * n.inputs] + n.inputs);
      explained_list("w", w, trace, "feature weights");
      const auto sum = explained_dot(feature_sum(context, n, b, f), "x", "w", 0, trace);
      const auto last = noted("the state's new value", newest(noted("sum of a filter's features", sum), zero));
      for (std::size_t m = 0; m + 1 < n.memory; ++m)
        states += std::to_string(state[(b * n.filters + f) * n.memory + m] - zero) + ", ";
      states += (to<std::int32_t>(last) - zero).python() + (f + 1 < (u + 1) * rank ? ", " : "]");
    }
    trace.line(states, "the states, oldest first");
    const auto w_time = context.inputs[kTimeWeights].template as<T>();
    w.assign(&w_time[u * rank * n.memory], &w_time[u * rank * n.memory] + rank * n.memory);
    explained_list("v", w, trace, "time weights");
    const auto sum = explained_dot(time_sum(context, n, b, u), "s", "v", bias(context, u), trace);
    const auto code = output(noted("sum over the states, with the bias", sum), zero_out(context));
    explained_code(to<std::int64_t>(code), code_range(DType::kInt8), trace);
    return true;
  }
  [[nodiscard]] auto parameters() const { return std::tie(multiply_, rank_, feature_, time_); }

  [[nodiscard]] std::vector<InnerStep> steps(const RunContext& context) const override {
    if (!constant_) return {};
    const auto w_feature = context.inputs[kFeatureWeights].as<std::int8_t>();
    const auto w_time = context.inputs[kTimeWeights].template as<T>();
    const Shape &feature = context.inputs[kFeatureWeights].spec->shape,
                &time = context.inputs[kTimeWeights].spec->shape;
    const std::int32_t zero_in = context.inputs[kActivations].spec->zero_point(), zero = zero_state(context);
    SumRange of_features, of_times;
    for (std::int32_t f = 0; f < feature[0]; ++f)
      of_features.include(w_feature.subspan(std::size_t(f) * std::size_t(feature[1]), std::size_t(feature[1])), 0,
                          {INT8_MIN - zero_in, INT8_MAX - zero_in});
    const std::size_t count = static_cast<std::size_t>(rank_) * static_cast<std::size_t>(time[1]);
    const CodeRange states{std::numeric_limits<T>::min() - zero, std::numeric_limits<T>::max() - zero};
    for (std::size_t u = 0; u * count < w_time.size(); ++u)
      of_times.include(w_time.subspan(u * count, count), bias(context, u), states);
    InnerStep state = scaling_step("the state's new value", of_features, feature_,
                                   [this, zero](std::int64_t sum) { return std::int64_t{newest(sum, zero)}; });
    state.rises = state.rises && zero == 0;  // else it wraps
    return {std::move(state),
            scaling_step("the output", of_times, time_, [this, zero_out = zero_out(context)](std::int64_t sum) {
              return std::int64_t{saturate_cast<std::int8_t>(output(sum, zero_out))};
            })};
  }

 private:
  struct Sizes {
    std::size_t batch, filters, units, inputs, memory;

    Sizes(const RunContext& context, int rank) {
      const Shape& feature = context.inputs[kFeatureWeights].spec->shape;
      filters = static_cast<std::size_t>(feature[0]), inputs = static_cast<std::size_t>(feature[1]);
      units = filters / static_cast<std::size_t>(rank);
      memory = static_cast<std::size_t>(context.inputs[kTimeWeights].spec->shape[1]);
      batch = context.inputs[kActivations].as<std::int8_t>().size() / inputs;
    }
  };

  /// One batch element, whose sums the definition keeps in 32 bits as well.
  void by_vectors(const RunContext& context, const Sizes& n, std::size_t b) const {
    auto* sums = reinterpret_cast<std::int32_t*>(context.scratch.data());
    auto* x = reinterpret_cast<std::int16_t*>(sums + n.filters);
    const std::int8_t* in = context.inputs[kActivations].as<std::int8_t>().data() + b * n.inputs;
    const std::int32_t zero = context.inputs[kActivations].spec->zero_point();
    for (std::size_t i = 0; i < n.inputs; ++i) x[i] = static_cast<std::int16_t>(in[i] - zero);
    std::fill_n(x + n.inputs, kDotPadding, std::int16_t{0});
    const auto filters = static_cast<std::int64_t>(n.filters), units = static_cast<std::int64_t>(n.units);
    dots_.rows(weights_.data(), filters, static_cast<std::int64_t>(n.inputs), x, sums);
    by_feature_(sums, filters);
    auto* state = reinterpret_cast<std::int16_t*>(context.state[0].bytes.data()) + b * n.filters * n.memory;
    for (std::size_t f = 0; f < n.filters; ++f)
      state[f * n.memory + n.memory - 1] = saturate_cast<std::int16_t>(std::int64_t{sums[f]});
    const auto* w = reinterpret_cast<const std::int16_t*>(context.inputs[kTimeWeights].bytes.data());
    dots_.pairs(w, state, units, static_cast<std::int64_t>(rank_) * static_cast<std::int64_t>(n.memory), sums);
    if (context.inputs[kBias].present()) {
      for (std::size_t u = 0; u < n.units; ++u) sums[u] = wrap_int32(std::int64_t{sums[u]} + bias(context, u));
    }
    by_time_(sums, units);
    const std::int32_t zero_point = zero_out(context);
    std::int8_t* out = context.outputs[0].as<std::int8_t>().data() + b * n.units;
    for (std::size_t u = 0; u < n.units; ++u) out[u] = saturate_cast<std::int8_t>(std::int64_t{sums[u]} + zero_point);
  }

  [[nodiscard]] static std::int64_t feature_sum(const RunContext& context, const Sizes& n, std::size_t b,
                                                std::size_t f) {
    const auto in = context.inputs[kActivations].as<std::int8_t>();
    const auto w = context.inputs[kFeatureWeights].as<std::int8_t>();
    const std::int32_t zero = context.inputs[kActivations].spec->zero_point();
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < n.inputs; ++i) sum += std::int32_t{w[f * n.inputs + i]} * (in[b * n.inputs + i] - zero);
    return sum;
  }
  [[nodiscard]] std::int64_t time_sum(const RunContext& context, const Sizes& n, std::size_t b, std::size_t u) const {
    const auto state = context.state[0].template as<T>();
    const auto w = context.inputs[kTimeWeights].template as<T>();
    const std::size_t count = static_cast<std::size_t>(rank_) * n.memory, first = b * n.filters * n.memory;
    const std::int32_t zero = zero_state(context);
    std::int64_t sum = bias(context, u);
    for (std::size_t k = u * count; k < (u + 1) * count; ++k) sum += std::int32_t{w[k]} * (state[first + k] - zero);
    return sum;
  }
  [[nodiscard]] static std::int32_t bias(const RunContext& context, std::size_t u) {
    return context.inputs[kBias].present() ? context.inputs[kBias].as<std::int32_t>()[u] : 0;
  }
  [[nodiscard]] static std::int32_t zero_out(const RunContext& context) {
    return context.outputs[0].spec->zero_point();
  }

  [[nodiscard]] static std::int32_t zero_state(const RunContext& context) {
    return context.state[0].spec->zero_point();
  }

  /// `N`: int64, plain or traced.
  template <typename N>
  [[nodiscard]] Like<T, N> newest(const N& sum, std::int32_t zero) const {
    const auto saturated = saturate_cast<T>(to<std::int64_t>(multiply_(wrap_int32(sum), feature_)));
    return zero == 0 ? saturated : to<T>(to<std::int32_t>(saturated) + zero);
  }
  template <typename N>
  [[nodiscard]] N output(const N& sum, std::int32_t zero) const {
    return noted("plus the zero point", to<std::int64_t>(multiply_(wrap_int32(sum), time_)) + zero);
  }

  FixedPointMultiply multiply_;
  int rank_;
  QuantizedMultiplier feature_, time_;
  bool constant_;
  std::vector<std::int8_t> weights_;  // of the features, and kDotPadding zeros
  std::size_t filters_ = 0, inputs_ = 0;
  DotKernels dots_;  // null: by the definition
  ManyMultiply by_feature_, by_time_;
  KernelForm form_;
};

struct Geometry {
  std::int32_t batch, units;
};

Result<Geometry> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 5));
  if (!node.has_input(kState) || !node.inputs[kState].variable)
    return error("input 4 is not a variable, expected the state");
  for (const auto i : {kActivations, kFeatureWeights, kTimeWeights})
    NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(i), 2, "input"));
  const std::int64_t rank = node.attributes->integer("rank");
  const Shape &in = node.input(kActivations).shape, &feature = node.input(kFeatureWeights).shape,
              &time = node.input(kTimeWeights).shape;
  const bool fits = rank >= 1 && feature[0] >= 1 && feature[0] % rank == 0 && time[0] == feature[0] && time[1] >= 1 &&
                    in[1] == feature[1] && in[1] >= 1 &&
                    node.input(kState).elements() == std::int64_t{in[0]} * feature[0] * time[1] &&
                    (!node.has_input(kBias) || node.input(kBias).elements() == feature[0] / rank);
  if (!fits) {
    return error("input {}, feature weights {}, time weights {}, state {} and rank {} do not go together",
                 to_string(in), to_string(feature), to_string(time), to_string(node.input(kState).shape), rank);
  }
  return Geometry{in[0], static_cast<std::int32_t>(feature[0] / rank)};
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const Geometry g, geometry_of(node));
  return Shapes{{g.batch, g.units}};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const auto typed = [&](std::size_t i, DType type, std::string_view role) -> Status {
    NPUTWIN_RETURN_IF_ERROR(check_type(context.input(i), {type}, role));
    return check_per_tensor(context.input(i), role);
  };
  NPUTWIN_RETURN_IF_ERROR(typed(kActivations, DType::kInt8, "input"));
  NPUTWIN_RETURN_IF_ERROR(typed(kFeatureWeights, DType::kInt8, "feature weights"));
  const bool micro = context.profile->registry == OpRegistry::kTflm;
  const bool narrow = micro && context.input(kState).type == DType::kInt8;
  const DType state = narrow ? DType::kInt8 : DType::kInt16;
  NPUTWIN_RETURN_IF_ERROR(typed(kTimeWeights, state, "time weights"));
  NPUTWIN_RETURN_IF_ERROR(typed(kState, state, "state"));
  if (!narrow && context.input(kState).zero_point() != 0)
    return error("state '{}' has zero point {}, expected 0", context.input(kState).name,
                 context.input(kState).zero_point());
  if (context.has_input(kBias)) {
    NPUTWIN_RETURN_IF_ERROR(check_type(context.input(kBias), {DType::kInt32}, "bias"));
  } else if (micro) {
    return error("no bias, without which {} ends; give it one of zeros", context.profile->name);
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kInt8}, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.output(), "output"));
  const auto activation = context.attributes->integer("fused_activation_function");
  if (!micro && activation != static_cast<int>(Activation::kRelu))
    return error("fused activation {} is not supported, only RELU (which TFLite requires and does not apply)",
                 activation);
  const auto ratio = [&](const TensorSpec& a, const TensorSpec& b, const TensorSpec& out) {
    return quantize_multiplier(context.ratio(a.scale(), b.scale(), out.scale()));
  };
  bool constant = true;
  for (const auto i : {kFeatureWeights, kTimeWeights, kBias})
    constant = constant && (!context.has_input(i) || context.inputs[i].constant);
  const auto kernel = [&]<typename T>(T) -> std::unique_ptr<Kernel> {
    return std::make_unique<Svdf<T>>(
        context.multiply(), static_cast<int>(context.attributes->integer("rank")),
        ratio(context.input(kActivations), context.input(kFeatureWeights), context.input(kState)),
        ratio(context.input(kState), context.input(kTimeWeights), context.output()), constant, context);
  };
  return narrow ? kernel(std::int8_t{}) : kernel(std::int16_t{});
}

}  // namespace

const OpDefinition& svdf_op() {
  static constexpr OpDefinition kOp{"SVDF", infer_shapes, prepare, Family::kSvdf};
  return kOp;
}

}  // namespace nputwin::ops::svdf
