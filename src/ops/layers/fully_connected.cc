// FULLY_CONNECTED, int8, uint8, and int16 with int8 weights.
//
//   acc[b,o] = bias[o] + sum_k (in[b,k] - zp_in) * w[o,k],   out = clamp(requantize(rule, acc, M[o]) + zp_out)
//
// w [O, K]; the input is read as rows of K values, however it is shaped. Source: TFLite
// reference/integer_ops/fully_connected.h.

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/layers/weights.h"
#include "profile/profile.h"

namespace nputwin::ops::fully_connected {
namespace {

Result<RowTaps> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(1), 2, "weights"));
  if (node.attributes->integer("weights_format") != 0) {
    return error("weights '{}' are stored in a shuffled format; only the default one is supported", node.input(1).name);
  }
  const Shape& w = node.input(1).shape;
  RowTaps g{0, w[1], w[0]};
  const std::int64_t elements = node.input(0).elements();
  if (g.depth < 1 || g.channels_out < 1 || elements % g.depth != 0) {
    return error("input '{}' of {} values does not divide into rows of {} (weights '{}' {})", node.input(0).name,
                 elements, g.depth, node.input(1).name, to_string(w));
  }
  g.rows = elements / g.depth;
  if (g.rows > INT32_MAX) return error("input '{}' has {} rows, more than 32 bits count", node.input(0).name, g.rows);
  return g;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const RowTaps g, geometry_of(node));
  if (node.attributes->integer("keep_num_dims") == 0)
    return Shapes{{static_cast<std::int32_t>(g.rows), g.channels_out}};
  Shape shape = node.input(0).shape;
  if (shape.empty() || shape.back() != g.depth) {
    return error("input '{}' has shape {}, expected {} values in its last dimension", node.input(0).name,
                 to_string(shape), g.depth);
  }
  shape.back() = g.channels_out;
  return Shapes{shape};
}

Int16SumRules int16_sums(const Profile& /*profile*/, const Int16Rules& rules) {
  return {rules.fully_connected_width, rules.fully_connected_int64_sum.value_or(rules.int64_sum),
          rules.fully_connected_int32_sum.value_or(rules.int32_sum)};
}

/// The reference kernel for a scale a channel takes its output for a matrix until TensorFlow 2.19 (measured). Of other
/// ranks it writes a part.
Status check_rows_written(const PrepareContext& context) {
  const TensorSpec& out = context.output();
  const OpRegistry release = context.profile->registry;
  if (!in_tflite_kernels(context) || release >= OpRegistry::kTensorflow219 || out.shape.size() == 2 ||
      context.input(1).quantization.per_tensor() || !context.profile->fully_connected_per_channel)
    return {};
  if (out.type != DType::kInt16 && optimised_kernels(release)) return {};
  return error("{} writes '{}' {} in part only, where weights have a scale for each channel: the rest is undefined",
               name(release), out.name, to_string(out.shape));
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_layer_types(context));
  NPUTWIN_RETURN_IF_ERROR(check_rows_written(context));
  NPUTWIN_ASSIGN_OR_RETURN(const RowTaps g, geometry_of(context));
  const TensorSpec& out = context.output();
  const auto& rules = context.profile->eight_bit(out.type == DType::kUInt8).fully_connected;
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule rule,
                           layer_rule(context, g.rows == 1 ? rules.single_column : rules.rule, int16_sums));
  const WeightZero zero = context.profile->fully_connected_drops_zero ? WeightZero::kIsDropped : WeightZero::kCounts;
  NPUTWIN_ASSIGN_OR_RETURN(LayerWeights layer, layer_weights(context, rule, 0, {.int8_zero = zero}));
  if (!context.input(1).quantization.per_tensor() && !context.profile->fully_connected_per_channel) {
    layer.multipliers.assign(layer.multipliers.size(), EffectiveMultiplier{});
    warn_of_unread_scales(context);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  Epilogue epilogue(layer_requantizer(context, layer, rule, clamp));
  return layer_kernel(context, g, std::move(layer), std::move(epilogue));
}

}  // namespace

const OpDefinition& fully_connected_op() {
  static constexpr OpDefinition kOp{"FULLY_CONNECTED", infer_shapes, prepare, Family::kFullyConnected};
  return kOp;
}

}  // namespace nputwin::ops::fully_connected
