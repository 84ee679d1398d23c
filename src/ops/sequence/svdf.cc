// SVDF, int8 with an int16 state. For each filter f of rank r: the state [batch, filters, memory] moves one step back,
// then
//
//   state[b,f,last] = sat16(MBQM(sum_i w_feature[f,i] * (x[b,i] - zp_in), s_in*s_feature/s_state))
//   out[b,u] = sat8(MBQM(bias[u] + sum_{f of u} sum_m w_time[f,m] * state[b,f,m], s_state*s_time/s_out) + zp_out)
//
// with u = f / r and the ratios formed in binary32. Source: TFLite svdf.cc, reference/svdf.h.

#include <algorithm>

#include "ops/activation.h"
#include "ops/checks.h"

namespace nputwin::ops::svdf {
namespace {

enum Input : std::size_t { kActivations, kFeatureWeights, kTimeWeights, kBias, kState };

class Svdf final : public Kernel {
 public:
  Svdf(FixedPointMultiply multiply, int rank, QuantizedMultiplier feature, QuantizedMultiplier time)
      : multiply_(multiply), rank_(rank), feature_(feature), time_(time) {}

  void run(const RunContext& context) const override {
    const auto in = context.inputs[kActivations].as<std::int8_t>();
    const auto w_feature = context.inputs[kFeatureWeights].as<std::int8_t>();
    const auto w_time = context.inputs[kTimeWeights].as<std::int16_t>();
    const auto state = context.state[0].as<std::int16_t>();
    const auto out = context.outputs[0].as<std::int8_t>();
    const Shape& feature_shape = context.inputs[kFeatureWeights].spec->shape;
    const auto filters = static_cast<std::size_t>(feature_shape[0]),
               inputs = static_cast<std::size_t>(feature_shape[1]);
    const auto memory = static_cast<std::size_t>(context.inputs[kTimeWeights].spec->shape[1]);
    const auto rank = static_cast<std::size_t>(rank_);
    const std::int32_t zero = context.inputs[kActivations].spec->zero_point(),
                       zero_out = context.outputs[0].spec->zero_point();
    std::copy(state.begin() + 1, state.end(), state.begin());
    for (std::size_t b = 0; b < in.size() / inputs; ++b) {
      for (std::size_t f = 0; f < filters; ++f) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; i < inputs; ++i)
          sum += std::int32_t{w_feature[f * inputs + i]} * (in[b * inputs + i] - zero);
        state[(b * filters + f) * memory + memory - 1] =
            saturate_cast<std::int16_t>(multiply_(wrap_int32(sum), feature_));
      }
      for (std::size_t u = 0; u < filters / rank; ++u) {
        std::int64_t sum = context.inputs[kBias].present() ? context.inputs[kBias].as<std::int32_t>()[u] : 0;
        for (std::size_t k = 0; k < rank * memory; ++k)
          sum += std::int32_t{w_time[u * rank * memory + k]} * state[b * filters * memory + u * rank * memory + k];
        out[b * (filters / rank) + u] =
            saturate_cast<std::int8_t>(std::int64_t{multiply_(wrap_int32(sum), time_)} + zero_out);
      }
    }
  }

 private:
  FixedPointMultiply multiply_;
  int rank_;
  QuantizedMultiplier feature_, time_;
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
  NPUTWIN_RETURN_IF_ERROR(typed(kTimeWeights, DType::kInt16, "time weights"));
  NPUTWIN_RETURN_IF_ERROR(typed(kState, DType::kInt16, "state"));
  if (context.has_input(kBias)) NPUTWIN_RETURN_IF_ERROR(check_type(context.input(kBias), {DType::kInt32}, "bias"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kInt8}, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.output(), "output"));
  if (context.attributes->integer("fused_activation_function") != static_cast<int>(Activation::kRelu))
    return error("fused activation {} is not supported, only RELU (which TFLite requires and does not apply)",
                 context.attributes->integer("fused_activation_function"));
  const auto ratio = [](const TensorSpec& a, const TensorSpec& b, const TensorSpec& out) {
    return quantize_multiplier(static_cast<double>(a.scale() * b.scale() / out.scale()));
  };
  return std::make_unique<Svdf>(
      context.multiply(), static_cast<int>(context.attributes->integer("rank")),
      ratio(context.input(kActivations), context.input(kFeatureWeights), context.input(kState)),
      ratio(context.input(kState), context.input(kTimeWeights), context.output()));
}

}  // namespace

const OpDefinition& svdf_op() {
  static constexpr OpDefinition kOp{"SVDF", infer_shapes, prepare, Family::kSvdf};
  return kOp;
}

}  // namespace nputwin::ops::svdf
