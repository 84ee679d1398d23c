// CONV_2D, int8, uint8, and int16 with int8 weights; grouped and dilated.
//
//   acc[n,y,x,o] = bias[o] + sum_{i,j,c} (in[n, y*sy + i*dy - py, x*sx + j*dx - px, g*C + c] - zp_in) * w[o,i,j,c]
//   out = clamp(requantize(rule, acc, M[o]) + zp_out)
//
// in NHWC, w [O, H, W, C] with C = input channels / groups, g = o / (O / groups). Positions outside the input count as
// zp_in. Source of the sum: TFLite reference/integer_ops/conv.h; of the rules: the profile.

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/layers/weights.h"
#include "ops/window.h"
#include "profile/profile.h"

namespace nputwin::ops::conv_2d {
namespace {

Result<ConvTaps> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 4, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(1), 4, "weights"));
  const Shape& in = node.input(0).shape;
  const Shape& w = node.input(1).shape;
  ConvTaps g;
  NPUTWIN_ASSIGN_OR_RETURN(g.window, window_2d(in, w[1], w[2], *node.attributes));
  g.batch = in[0];
  g.channels_in = in[3];
  g.channels_out = w[0];
  g.group_in = w[3];
  if (g.group_in < 1 || g.channels_in % g.group_in != 0) {
    return error("{} input channels do not divide into groups of {} (weights '{}')", g.channels_in, g.group_in,
                 node.input(1).name);
  }
  g.groups = g.channels_in / g.group_in;
  if (g.groups < 1 || g.channels_out < 1 || g.channels_out % g.groups != 0) {
    return error("{} output channels do not divide into {} groups", g.channels_out, g.groups);
  }
  return g;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const ConvTaps g, geometry_of(node));
  return Shapes{{g.batch, g.window.y.out, g.window.x.out, g.channels_out}};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_layer_types(context));
  NPUTWIN_RETURN_IF_ERROR(check_bias_is_an_input(context));
  if (context.inputs.size() == 2 && in_tflite(context))
    return error("no bias, which {} demands (has_bias was not true)", name(context.profile->registry));
  NPUTWIN_ASSIGN_OR_RETURN(ConvTaps g, geometry_of(context));
  wrap_same_padding(context, g.window);
  const TensorSpec& out = context.output();
  const auto& rules = context.profile->eight_bit(out.type == DType::kUInt8).conv;
  // TFLite's optimised kernels hand a product with one column to a matrix-vector routine of its own, if it is
  // not tiny, and leave groups to the reference code.
  const bool single_column = g.rows() == 1 && g.channels_out >= 4 && g.depth() >= 8;
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule rule, layer_rule(context, g.groups > 1    ? rules.grouped
                                                                          : single_column ? rules.single_column
                                                                                          : rules.rule));
  NPUTWIN_ASSIGN_OR_RETURN(LayerWeights layer, layer_weights(context, rule, 0));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  Epilogue epilogue(layer_requantizer(context, layer, rule, clamp));
  return layer_kernel(context, g, std::move(layer), std::move(epilogue));
}

}  // namespace

const OpDefinition& conv_2d_op() {
  static constexpr OpDefinition kOp{"CONV_2D", infer_shapes, prepare, Family::kConvolution};
  return kOp;
}

}  // namespace nputwin::ops::conv_2d
