// TRANSPOSE_CONV, int8, uint8, and int16 with int8 weights: the gradient of a convolution. Inputs: output shape,
// weights [O, H, W, I], activations, bias. Each input pixel adds its products to the output pixels under its window:
//
//   acc[n, y*sy + i - py, x*sx + j - px, o] += sum_c (in[n, y, x, c] - zp_in) * w[o, i, j, c]
//   out = clamp(requantize(rule, acc + bias[o], M[o]) + zp_out)
//
// Padding as that of the convolution from output to input. Source: TFLite transpose_conv.cc,
// reference/integer_ops/transpose_conv.h, optimized/integer_ops/transpose_conv.h.

#include "ops/activation.h"
#include "ops/checks.h"
#include "ops/layers/weights.h"
#include "ops/window.h"
#include "profile/profile.h"
#include "tensor/code_types.h"

namespace nputwin::ops::transpose_conv {
namespace {

/// TFLite's runtimes do not read the quantized dimension (measured on all six); a chip is assumed not to either.
constexpr LayerInputs kInputs{.activations = 2, .weights = 1, .bias = 3, .any_axis = true};

Result<TransposedTaps> geometry_of(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 4));
  std::vector<std::int32_t> out =
      node.output().shape;  // as the file declares it, where its values come while the model runs
  if (node.inputs[0].constant) {
    NPUTWIN_ASSIGN_OR_RETURN(out, constant_integers(node, 0, "output shape"));
  }
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(kInputs.weights), 4, "weights"));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(kInputs.activations), 4, "input"));
  const Shape &w = node.input(kInputs.weights).shape, &in = node.input(kInputs.activations).shape;
  if (out.size() != 4) return error("output shape {} has not 4 dimensions", to_string(out));
  TransposedTaps g;
  NPUTWIN_ASSIGN_OR_RETURN(g.window, window_2d(out, w[1], w[2], *node.attributes));
  g.batch = in[0];
  g.channels_in = in[3];
  g.channels_out = w[0];
  if (out[0] != in[0] || out[3] != w[0] || w[3] != in[3] || g.window.y.out != in[1] || g.window.x.out != in[2] ||
      in[3] < 1 || w[0] < 1) {
    return error("input {}, weights {} and output {} do not go together", to_string(in), to_string(w), to_string(out));
  }
  return g;
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const TransposedTaps g, geometry_of(node));
  return Shapes{{g.batch, g.window.y.in, g.window.x.in, g.channels_out}};
}

/// CONV_2D's, but TensorFlow Lite Micro does not ask for quantized_bias_type here (measured).
Int16SumWidth width_of(const Int16Rules& rules) {
  const Int16SumWidth width = rules.convolution_width;
  return width == Int16SumWidth::kBiasOrOption ? Int16SumWidth::kBiasOr64 : width;
}
Int16SumRules int16_sums(const Profile& profile, const Int16Rules& rules) {
  return {width_of(rules), rules.int64_sum, profile.int8.transpose_conv.rule};
}
Int16SumRules last_int16_sums(const Profile& profile, const Int16Rules& rules) {
  return {width_of(rules), rules.int64_sum, profile.int8.transpose_conv.last_channels};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_layer_types(context, kInputs));
  NPUTWIN_ASSIGN_OR_RETURN(const TransposedTaps g, geometry_of(context));
  const TensorSpec& out = context.output();
  const DepthwiseRule& rules = context.profile->eight_bit(out.type == DType::kUInt8).transpose_conv;
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule rule, layer_rule(context, rules.rule, int16_sums, kInputs));
  NPUTWIN_ASSIGN_OR_RETURN(LayerWeights layer, layer_weights(context, rule, 0, kInputs));
  CodeRange clamp = code_range(out.type);
  if (context.profile->transpose_conv_activation) {
    NPUTWIN_ASSIGN_OR_RETURN(clamp, activation_range(out, *context.attributes));
  } else if (context.attributes->integer("fused_activation_function") != 0) {
    context.warn("the kernel ignores the fused activation; give the activation as an op of its own");
  }
  using Blocks = Epilogue::Blocks;
  const Blocks blocks = out.type == DType::kUInt8 ? Blocks::flat(g.channels_out, out.elements(), rules.block)
                                                  : Blocks::by_channel(g.channels_out, rules.block);
  NPUTWIN_ASSIGN_OR_RETURN(const RequantizeRule last,
                           layer_rule(context, rules.last_channels, last_int16_sums, kInputs));
  Epilogue epilogue(layer_requantizer(context, layer, rule, clamp), layer_requantizer(context, layer, last, clamp),
                    blocks);
  return layer_kernel(context, g, std::move(layer), std::move(epilogue), kInputs);
}

}  // namespace

const OpDefinition& transpose_conv_op() {
  static constexpr OpDefinition kOp{"TRANSPOSE_CONV", infer_shapes, prepare, Family::kTransposeConvolution};
  return kOp;
}

}  // namespace nputwin::ops::transpose_conv
