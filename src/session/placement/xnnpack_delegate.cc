#include <algorithm>
#include <array>
#include <cstring>

#include "ops/activation.h"
#include "profile/profile.h"
#include "session/placement/delegates.h"

// The checks are XNNPACK's (tensorflow/lite/delegates/xnnpack/xnnpack_delegate.cc, the functions Check*).

namespace nputwin {
namespace {

bool is_one_of(std::string_view op, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), op) != list.end();
}

/// The node has its first `inputs` inputs and an output; ops check their operands later.
bool has_operands(const Node& node, std::size_t inputs) {
  return node.inputs.size() >= inputs &&
         std::all_of(node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(inputs),
                     [](int t) { return t >= 0; }) &&
         !node.outputs.empty() && node.outputs[0] >= 0;
}

bool claims_type(const DelegatedOp& op, DType type, bool made) {
  switch (type) {
    case DType::kFloat32:
      return op.float32;
    case DType::kInt8:
      return op.int8;
    case DType::kUInt8:
      return op.uint8;
    case DType::kInt16:
      return false;
    default:
      return !made;  // indices, shapes, conditions
  }
}

/// FULLY_CONNECTED's weights of 4 bits, whose rows must fill whole bytes (measured on all releases).
bool claims_packed(const Profile& profile, const ModelTensor& weights, const Node& node) {
  if (node.op != "FULLY_CONNECTED" || weights.packed_bits != 4 || weights.spec.shape.size() != 2) return false;
  if (weights.spec.shape[1] % 2 != 0 || profile.delegate_checks >= DelegateChecks::kUntil219) return false;
  return profile.delegate_checks == DelegateChecks::kNow || !weights.spec.quantization.per_tensor();
}

bool claims_types(const Profile& profile, const DelegatedOp& op, const Graph& graph, std::span<const TensorSpec> specs,
                  const Node& node) {
  const auto claims = [&](int t, bool made) {
    if (t >= 0 && graph.tensor(t).packed_bits != 0) return claims_packed(profile, graph.tensor(t), node);
    return t < 0 || graph.tensor(t).constant || claims_type(op, specs[index(t)].type, made);
  };
  return std::ranges::all_of(node.inputs, [&](int t) { return claims(t, false); }) &&
         std::ranges::all_of(node.outputs, [&](int t) { return claims(t, true); });
}

/// A quantized dimension other than 0 is refused even where a tensor has one scale, except for a layer's int8
/// weights (measured: directed case depthwise_u8).
bool claims_dimension(std::span<const TensorSpec> specs, const Node& node) {
  for (std::size_t k = 0; k < node.inputs.size(); ++k) {
    if (node.inputs[k] < 0) continue;
    const TensorSpec& spec = specs[index(node.inputs[k])];
    const bool int8_weights = k == 1 && spec.type == DType::kInt8;
    if (!spec.quantization.empty() && spec.quantization.axis != 0 && !int8_weights) return false;
  }
  return true;
}

/// int8 weights, and second matrices, with a zero point are rejected by versions that would not drop it; second
/// matrices with a scale for each column by all (measured: directed case batch_matmul_i8_channels).
bool claims_zero_point(const Profile& profile, std::span<const TensorSpec> specs, const Node& node) {
  if (!is_one_of(node.op, {"FULLY_CONNECTED", "BATCH_MATMUL"}) || node.inputs.size() < 2 || node.inputs[1] < 0)
    return true;
  const TensorSpec& weights = specs[index(node.inputs[1])];
  if (weights.type == DType::kInt8 && !weights.quantization.per_tensor()) return node.op != "BATCH_MATMUL";
  if (weights.type != DType::kInt8) return true;
  const bool drops = node.op == "BATCH_MATMUL" ? profile.batch_matmul_drops_zero : profile.fully_connected_drops_zero;
  return weights.zero_point() == 0 || drops;
}

/// A MEAN over all axes, of rank 0 like a shape that is not given.
bool is_whole_mean(const Graph& graph, const Node& node) {
  if (node.op != "MEAN" || !has_operands(node, 2) || node.attributes.integer("keep_dims") != 0) return false;
  const auto& axes = graph.tensor(node.inputs[1]).constant;
  return axes && axes->size() == sizeof(std::int32_t) * graph.spec(node.inputs[0]).shape.size();
}

/// The rank of these ops' input and output is checked before shapes are inferred, so they are rejected where the file
/// does not give it (CheckTensorShape; measured on cls_mlperf_mobilenet_edgetpu).
bool ranks_known(const Graph& graph, const Node& node) {
  if (!is_one_of(node.op, {"CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "RESIZE_BILINEAR", "MEAN", "PAD"}))
    return true;
  const auto declared = [&](const std::vector<int>& list) {
    return list.empty() || list[0] < 0 || graph.tensor(list[0]).shape_declared;
  };
  return declared(node.inputs) && (declared(node.outputs) || is_whole_mean(graph, node));
}

/// Shapes, axes and places that an op reads must be constants of the file (CheckTensorStaticAllocation).
bool integers_known(const Graph& graph, std::span<const TensorSpec> specs, const Node& node) {
  return std::ranges::all_of(node.inputs, [&](int t) {
    if (t < 0 || graph.tensor(t).constant) return true;
    const DType type = specs[index(t)].type;
    return type != DType::kInt32 && type != DType::kInt64;
  });
}

/// The least of the numbers in a constant of an op that moves values.
std::int64_t least(const Graph& graph, std::span<const TensorSpec> specs, int t) {
  const TensorView view{&specs[index(t)], graph.tensor(t).constant.value_or(Bytes{})};
  std::int64_t result = INT64_MAX;
  if (view.spec->type == DType::kInt32) {
    for (const std::int32_t value : view.as<std::int32_t>()) result = std::min<std::int64_t>(result, value);
  } else if (view.spec->type == DType::kInt64) {
    for (const std::int64_t value : view.as<std::int64_t>()) result = std::min(result, value);
  }
  return result;
}

/// Slices: every size is given, every step is 1, no dimension goes or comes.
bool slice_fits(const Graph& graph, std::span<const TensorSpec> specs, const Node& node) {
  if (node.op == "SLICE" && node.inputs.size() == 3) return least(graph, specs, node.inputs[2]) > 0;
  if (node.op != "STRIDED_SLICE" || node.inputs.size() != 4) return true;
  for (const char* mask : {"ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
    if (node.attributes.integer(mask) != 0) return false;
  }
  const TensorSpec& steps = specs[index(node.inputs[3])];
  const TensorView view{&steps, graph.tensor(node.inputs[3]).constant.value_or(Bytes{})};
  return steps.type == DType::kInt32 &&
         steps.elements() == static_cast<std::int64_t>(specs[index(node.inputs[0])].shape.size()) &&
         std::ranges::all_of(view.as<std::int32_t>(), [](std::int32_t step) { return step == 1; });
}

/// How many tensors are put together or taken apart; uint8 ones must share their quantization with the result.
bool parts_fit(std::span<const TensorSpec> specs, const Node& node) {
  if (node.op == "SPLIT") return node.outputs.size() >= 2 && node.outputs.size() <= 4;
  if (node.op != "CONCATENATION") return true;
  if (node.inputs.size() < 2 || node.inputs.size() > 5) return false;
  const TensorSpec& made = specs[index(node.outputs[0])];
  return made.type != DType::kUInt8 || std::ranges::all_of(node.inputs, [&](int t) {
           return t >= 0 && specs[index(t)].quantization == made.quantization;
         });
}

/// Axes 1 and 2 of rank 4, counted from the first: a global average pool.
bool is_spatial_mean(const Graph& graph, std::span<const TensorSpec> specs, const Node& node) {
  const auto& axes = graph.tensor(node.inputs[1]).constant;
  if (!axes || specs[index(node.inputs[0])].shape.size() != 4) return false;
  constexpr std::array<std::int32_t, 2> kRising = {1, 2}, kFalling = {2, 1};
  const auto are = [&](const auto& named) {
    return axes->size() == sizeof named && std::memcmp(axes->data(), named.data(), sizeof named) == 0;
  };
  return are(kRising) || are(kFalling);
}

/// A TRANSPOSE_CONV that pads as it must: with SAME padding a kernel not smaller than the stride, with VALID not larger
/// than the output (CalculateTransposeConvPaddings; measured).
bool reaches_every_place(std::span<const TensorSpec> specs, const Node& node) {
  if (node.op != "TRANSPOSE_CONV" || !has_operands(node, 3)) return true;
  const Shape& weights = specs[index(node.inputs[1])].shape;
  const Shape& out = specs[index(node.outputs[0])].shape;
  if (weights.size() != 4 || out.size() != 4) return true;
  const bool same = node.attributes.integer("padding") == 0;
  const auto reaches = [&](std::size_t dim, const char* stride) {
    return same ? weights[dim] >= node.attributes.integer(stride) : weights[dim] <= out[dim];
  };
  return reaches(1, "stride_h") && reaches(2, "stride_w");
}

/// What early versions of the delegate refuse and later ones take (measured on single ops).
bool passes_early_checks(const Graph& graph, std::span<const TensorSpec> specs, const Node& node) {
  if (node.op == "MEAN") return is_spatial_mean(graph, specs, node);
  return node.op != "TRANSPOSE_CONV" || specs[index(node.inputs[1])].quantization.per_tensor();
}

Status takes(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs, const Node& node) {
  const auto op = std::find_if(profile.delegated.begin(), profile.delegated.end(),
                               [&](const DelegatedOp& d) { return d.op == node.op; });
  if (op == profile.delegated.end()) return error("XNNPACK does not support {}", node.op);
  if (!claims_types(profile, *op, graph, specs, node))
    return error("XNNPACK does not support {} of these types", node.op);
  if (node.op == "FULLY_CONNECTED" && node.version == 8)
    return error("version 8 of FULLY_CONNECTED stands for sparse weights, which XNNPACK does not support");
  if (!reaches_every_place(specs, node)) return error("its kernel is smaller than its stride, or than its output");
  if (!claims_dimension(specs, node)) return error("a quantized dimension is not 0");
  if (!claims_zero_point(profile, specs, node)) return error("int8 weights have a zero point");
  if (!ranks_known(graph, node)) return error("the file does not give a shape");
  if (!integers_known(graph, specs, node)) return error("a shape, axis or place is not a constant of the file");
  if (!slice_fits(graph, specs, node))
    return error("its sizes are open, its steps are not 1, or dimensions go or come");
  if (!parts_fit(specs, node)) return error("it has too many parts, or they have another quantization than the whole");
  if (profile.delegate_checks >= DelegateChecks::kUntil217 && !passes_early_checks(graph, specs, node))
    return error("this version of XNNPACK takes MEAN only over axes 1 and 2, TRANSPOSE_CONV only with one scale");
  if (profile.delegate_checks == DelegateChecks::kUntil215 && node.op == "FULLY_CONNECTED" && has_operands(node, 2) &&
      specs[index(node.inputs[1])].quantization.scale.size() > 1)
    return error("this version of XNNPACK takes FULLY_CONNECTED only by weights of one scale");
  return {};
}

/// A convolution whose activation leaves one code of the output's.
bool leaves_one_code(std::span<const TensorSpec> specs, const Node& node) {
  if (!is_one_of(node.op, {"CONV_2D", "DEPTHWISE_CONV_2D"}) || !has_operands(node, 2)) return false;
  const TensorSpec& output = specs[index(node.outputs[0])];
  if (output.quantization.empty()) return false;
  const auto range = activation_range(output, node.attributes);
  return range && range->lo == range->hi;
}

/// A layer's largest s_in * s_w / s_out in binary32, as XNNPACK forms it; 0 for other nodes.
float largest_multiplier(std::span<const TensorSpec> specs, const Node& node) {
  const std::size_t activations = node.op == "TRANSPOSE_CONV" ? 2 : 0;
  if (!is_one_of(node.op, {"CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED"}) ||
      !has_operands(node, activations == 0 ? 2 : 3))
    return 0;
  const TensorSpec& in = specs[index(node.inputs[activations])];
  const TensorSpec& out = specs[index(node.outputs[0])];
  const auto& scales = specs[index(node.inputs[1])].quantization.scale;
  if (!in.quantization.per_tensor() || !out.quantization.per_tensor() || scales.empty()) return 0;
  return in.scale() * *std::ranges::max_element(scales) / out.scale();
}

/// An int8 constant that DEQUANTIZE turns into a graph output: XNNPACK reads such constants for its own nodes, whether
/// it takes them or not, and leaves the node out where no other side reads its output.
bool leaves_output_unset(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs,
                         const Node& node) {
  if (node.op != "DEQUANTIZE" || !has_operands(node, 1)) return false;
  if (specs[index(node.inputs[0])].type != DType::kInt8 || !graph.tensor(node.inputs[0]).constant) return false;
  const int made = node.outputs[0];
  const auto reads = [&](const Node& n) { return !n.left_out && std::ranges::find(n.inputs, made) != n.inputs.end(); };
  return std::ranges::find(graph.outputs, made) != graph.outputs.end() &&
         std::ranges::all_of(graph.nodes,
                             [&](const Node& n) { return !reads(n) || takes(profile, graph, specs, n).has_value(); });
}

/// Whether XNNPACK can make what it has taken (measured on single ops).
Status makes(const Profile& profile, std::span<const TensorSpec> specs, const Node& node) {
  if (profile.delegate_checks == DelegateChecks::kUntil215 && leaves_one_code(specs, node))
    return error("its activation leaves one code, of which this version of XNNPACK makes no layer");
  if (const float m = largest_multiplier(specs, node); m >= 256)
    return error("s_in * s_w / s_out is {}; XNNPACK makes layers below 256 and ends the model here", m);
  return {};
}

}  // namespace

Status xnnpack_claims(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs, const Node& node) {
  NPUTWIN_RETURN_IF_ERROR(takes(profile, graph, specs, node));
  if (profile.delegate_checks != DelegateChecks::kUntil215) return {};
  for (const Node& n : graph.nodes) {
    if (n.left_out || !takes(profile, graph, specs, n)) continue;
    if (const Status made = makes(profile, specs, n); !made)
      return error("this version of XNNPACK leaves a model in which it fails: {}", made.error().message);
  }
  return {};
}

Status xnnpack_runs(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs, const Node& node,
                    bool claimed) {
  if (leaves_output_unset(profile, graph, specs, node))
    return error("XNNPACK reads the constant '{}' itself and leaves the graph output '{}' unset",
                 graph.spec(node.inputs[0]).name, graph.spec(node.outputs[0]).name);
  return claimed ? makes(profile, specs, node) : Status{};
}

}  // namespace nputwin
