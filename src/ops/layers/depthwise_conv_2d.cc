// DEPTHWISE_CONV_2D, int8, uint8, and int16 with int8 weights; with channel multiplier and dilation.
//
//   acc[n,y,x,c*m + k] = bias + sum_{i,j} (in[n, y*sy + i*dy - py, x*sx + j*dx - px, c] - zp_in) * w[0,i,j,c*m + k]
//   out = clamp(requantize(rule, acc, M) + zp_out)
//
// w [1, H, W, C*m]. Positions outside the input count as zp_in. Source: TFLite reference/integer_ops/depthwise_conv.h.

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/layers/weights.h"
#include "ops/window.h"
#include "profile/profile.h"

namespace nputwin::ops::depthwise_conv_2d {
namespace {

Result<DepthwiseTaps> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 4, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(1), 4, "weights"));
  const Shape& in = node.input(0).shape;
  const Shape& w = node.input(1).shape;
  DepthwiseTaps g;
  NPUTWIN_ASSIGN_OR_RETURN(g.window, window_2d(in, w[1], w[2], *node.attributes));
  g.batch = in[0];
  g.channels_in = in[3];
  g.channels_out = w[3];
  if (w[0] != 1 || g.channels_in < 1 || g.channels_out < 1 || g.channels_out % g.channels_in != 0) {
    return error("weights '{}' have shape {}, expected [1,height,width,a multiple of {} channels]", node.input(1).name,
                 to_string(w), g.channels_in);
  }
  return g;
}

/// What TFLite's AArch64 routine for 3x3 filters takes: Fast3x3FilterKernelSupported in
/// depthwiseconv_3x3_filter_common.h.
bool fast_3x3(const DepthwiseTaps& g, const Attributes& a) {
  const auto& [y, x] = g.window;
  const auto whole = [](const WindowAxis& w) { return (w.out - 1) * w.stride - w.before + 3 <= w.in + w.before; };
  return y.size == 3 && x.size == 3 && g.multiplier() == 1 && y.stride == x.stride && y.stride <= 2 && y.before <= 1 &&
         y.before == x.before && g.channels_in % 8 == 0 && a.integer("dilation_w_factor", 1) == 1 &&
         a.integer("dilation_h_factor", 1) == 1 && whole(y) && whole(x) &&
         (y.before == 0 || (y.in == 1) == (x.in == 1));
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const DepthwiseTaps g, geometry_of(node));
  return Shapes{{g.batch, g.window.y.out, g.window.x.out, g.channels_out}};
}

Int16SumRules int16_sums(const Profile& /*profile*/, const Int16Rules& rules) {
  return {Int16SumWidth::kBias, rules.int64_sum, rules.int64_sum};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_layer_types(context));
  if (context.input(0).type == DType::kInt16 && context.has_input(2))
    NPUTWIN_RETURN_IF_ERROR(check_type(context.input(2), {DType::kInt64}, "bias of int16 codes"));
  NPUTWIN_RETURN_IF_ERROR(check_bias_is_an_input(context));
  if (context.inputs.size() == 2 && is_8bit(context.output().type) && optimised_kernels(context.profile->registry))
    return error("no bias is undefined: the runtime ends ({})", name(context.profile->registry));
  NPUTWIN_ASSIGN_OR_RETURN(DepthwiseTaps g, geometry_of(context));
  wrap_same_padding(context, g.window);
  const TensorSpec& out = context.output();
  const DepthwiseRule& rules = context.profile->eight_bit(out.type == DType::kUInt8).depthwise;
  const bool fast = fast_3x3(g, *context.attributes);
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule rule,
                           layer_rule(context, fast ? rules.fast_3x3 : rules.rule, int16_sums));
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule last, layer_rule(context, rules.last_channels, int16_sums));
  NPUTWIN_ASSIGN_OR_RETURN(LayerWeights layer, layer_weights(context, rule, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const CodeRange clamp, activation_range(out, *context.attributes));
  Epilogue epilogue(layer_requantizer(context, layer, rule, clamp), layer_requantizer(context, layer, last, clamp),
                    Epilogue::Blocks::by_channel(g.channels_out, fast ? 1 : rules.block));
  return layer_kernel(context, g, std::move(layer), std::move(epilogue));
}

}  // namespace

const OpDefinition& depthwise_conv_2d_op() {
  static constexpr OpDefinition kOp{"DEPTHWISE_CONV_2D", infer_shapes, prepare, Family::kDepthwise};
  return kOp;
}

}  // namespace nputwin::ops::depthwise_conv_2d
