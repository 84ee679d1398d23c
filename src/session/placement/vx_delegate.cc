// What tflite-vx-delegate claims: op_map.cc of each release of profile/vx_releases.inc, the list of its mappers, their
// IsOpSupported, and IsSupported of their base. Shapes count as the file gives them. What one release does and another
// does not is told by the day since which VeriSilicon's history has it.

#include <algorithm>

#include "session/placement/delegates.h"

namespace nputwin {
namespace {

struct MappedOp {
  std::string_view op;
  int since;
};

constexpr MappedOp kMapped[] = {
#define NPUTWIN_VX_OP(op, since) {#op, since},
#include "session/placement/vx_ops.inc"
#undef NPUTWIN_VX_OP
};

/// A node with its tensors.
class View {
 public:
  View(const VxRelease& release, const Graph& graph, std::span<const TensorSpec> specs, const Node& node)
      : release_(release), graph_(graph), specs_(specs), node_(node) {}

  [[nodiscard]] std::string_view op() const { return node_.op; }
  [[nodiscard]] const Attributes& attributes() const { return node_.attributes; }
  [[nodiscard]] const std::vector<int>& inputs() const { return node_.inputs; }
  [[nodiscard]] const std::vector<int>& outputs() const { return node_.outputs; }
  [[nodiscard]] const TensorSpec& spec(int t) const { return specs_[static_cast<std::size_t>(t)]; }
  [[nodiscard]] bool has_input(std::size_t k) const { return k < node_.inputs.size() && node_.inputs[k] >= 0; }
  [[nodiscard]] const TensorSpec& input(std::size_t k) const { return spec(node_.inputs[k]); }
  [[nodiscard]] const TensorSpec& output() const { return spec(node_.outputs[0]); }
  /// The file holds its values.
  [[nodiscard]] bool constant(std::size_t k) const { return tensor(node_.inputs[k]).constant.has_value(); }
  /// The file holds its codes in fewer than eight bits: a type of its own for the runtime.
  [[nodiscard]] bool packed(std::size_t k) const { return tensor(node_.inputs[k]).packed_bits != 0; }
  [[nodiscard]] bool output_declared() const { return tensor(node_.outputs[0]).shape_declared; }

  /// The release has the history up to that day.
  [[nodiscard]] bool has(int day) const { return release_.history >= day; }

  [[nodiscard]] bool is(std::initializer_list<std::string_view> ops) const {
    return std::find(ops.begin(), ops.end(), node_.op) != ops.end();
  }

 private:
  [[nodiscard]] const ModelTensor& tensor(int t) const { return graph_.tensor(t); }

  const VxRelease& release_;
  const Graph& graph_;
  std::span<const TensorSpec> specs_;
  const Node& node_;
};

/// What holds for every op.
Status check_tensors(const View& v) {
  constexpr std::size_t kMostDimensions = 6;
  constexpr std::int32_t kLargest = 65535;
  for (const int t : v.inputs()) {
    if (t < 0) continue;
    const TensorSpec& s = v.spec(t);
    if (s.type == DType::kInt64 && v.op() != "BROADCAST_TO") return error("input '{}' is int64", s.name);
    if (s.shape.size() > kMostDimensions)
      return error("input '{}' has more than {} dimensions", s.name, kMostDimensions);
    for (std::size_t d = 0; d < s.shape.size(); ++d) {
      if (s.shape[d] == 0) return error("input '{}' has a dimension of 0", s.name);
      if (s.shape[d] > kLargest && d > 0) return error("input '{}' has a dimension beyond {}", s.name, kLargest);
    }
  }
  for (const int t : v.outputs()) {
    const TensorSpec& s = v.spec(t);
    if (s.type == DType::kInt16 || s.type == DType::kInt64) return error("output '{}' is {}", s.name, name(s.type));
    if (std::find(s.shape.begin(), s.shape.end(), 0) != s.shape.end())
      return error("output '{}' has a dimension of 0", s.name);
  }
  return {};
}

Status check_constants(const View& v) {
  const auto need = [&](std::initializer_list<std::size_t> which) -> Status {
    for (const std::size_t k : which) {
      if (v.has_input(k) && !v.constant(k)) return error("input '{}' is not a constant of the file", v.input(k).name);
    }
    return {};
  };
  constexpr int kReshapeNeedsConstant = 20230328;
  if (v.is({"RESHAPE"}) && !v.has(kReshapeNeedsConstant)) return {};
  if (v.is({"RESHAPE", "RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN",
            "REDUCE_PROD", "REDUCE_ANY", "EXPAND_DIMS", "REVERSE_V2", "ONE_HOT"}))
    return need({1});
  if (v.is({"SLICE"})) return need({1, 2});
  if (v.is({"STRIDED_SLICE"})) return need({1, 2, 3});
  if (v.is({"SCATTER_ND"})) return need({2});
  return {};
}

Status check_shapes(const View& v) {
  if (v.is({"TRANSPOSE_CONV", "RESHAPE", "PAD", "MIRROR_PAD", "TRANSPOSE", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND",
            "ARG_MAX", "ARG_MIN"}) &&
      !v.output_declared())
    return error("the file does not give the output's shape");
  if (v.is({"BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND"})) {
    if (v.input(0).shape.size() != 4) return error("input '{}' does not have four dimensions", v.input(0).name);
    if (v.input(1).elements() != 2) return error("there are not two spatial dimensions");
  }
  if (v.is({"SLICE"}) && v.input(0).shape.size() > 3 && !v.output().shape.empty() &&
      v.output().shape[0] != v.input(0).shape[0])
    return error("the slice cuts the batch");
  if (v.is({"STRIDED_SLICE"}) &&
      (v.attributes().integer("new_axis_mask") != 0 || v.attributes().integer("ellipsis_mask") != 0))
    return error("new axes and ellipses are not supported");
  if (v.is({"SELECT", "SELECT_V2"}) && v.input(0).shape.size() != v.input(1).shape.size())
    return error("condition and input differ in rank");
  return {};
}

Status check_layer(const View& v) {
  if (v.input(0).type != v.input(1).type || v.packed(1)) return error("input and weights differ in type");
  if (v.op() != "CONV_2D") return {};
  const Shape &in = v.input(0).shape, &weights = v.input(1).shape;
  if (in.size() == 4 && weights.size() == 4 && in[3] != weights[3] && in[0] != 1)
    return error("a grouped convolution of a batch of {}", in[0]);
  return {};
}

Status check_batch_matmul(const View& v) {
  constexpr int kInt8 = 20230208, kEitherOrder = 20240103;
  const DType a = v.input(0).type, b = v.input(1).type;
  if (v.output().type == DType::kInt32) return error("output '{}' is int32", v.output().name);
  if (!v.has(kInt8) && (a == DType::kInt8 || b == DType::kInt8)) return error("an input is int8 in this release");
  const bool mixed =
      (a == DType::kInt8 && b == DType::kFloat32) || (v.has(kEitherOrder) && a == DType::kFloat32 && b == DType::kInt8);
  if (mixed) return error("float32 with int8");
  if (v.attributes().integer("adj_x") != 0 && v.attributes().integer("adj_y") != 0)
    return error("both inputs are transposed");
  return {};
}

Status check_pack(const View& v) {
  constexpr int kAny = 20231129;
  const TensorSpec& first = v.input(0);
  if (v.has(kAny)) return {};
  if (first.type == DType::kInt32) return error("PACK of int32 in this release");
  if (first.shape.size() == 1 && is_8bit(first.type))
    return error("PACK of {} with one dimension in this release", name(first.type));
  return {};
}

Status check_types(const View& v) {
  const auto type = [&](std::size_t k) { return v.input(k).type; };
  const DType out = v.output().type;
  const auto all_int32 = [&] { return type(0) == DType::kInt32 && out == DType::kInt32; };
  if (v.is({"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "CONV_3D"})) {
    NPUTWIN_RETURN_IF_ERROR(check_layer(v));
    if (v.op() == "FULLY_CONNECTED") {
      for (std::size_t k = 0; k < v.inputs().size(); ++k) {
        if (v.has_input(k) && type(k) == DType::kInt16) return error("input '{}' is int16", v.input(k).name);
      }
      if (v.attributes().integer("weights_format") != 0) return error("the weights are shuffled");
    }
  }
  if (v.is({"ADD", "SUB", "MUL", "DIV"})) {
    if (type(0) == DType::kInt16 && is_8bit(out)) return error("int16 input and 8-bit output");
    constexpr std::int64_t kReluN1To1 = 2;
    if (all_int32() && v.attributes().integer("fused_activation_function") == kReluN1To1)
      return error("RELU_N1_TO_1 of int32");
  }
  if (v.is({"POW"}) && type(0) == DType::kInt32 && type(1) == DType::kInt32) return error("int32 powers");
  if (v.is({"DEQUANTIZE"}) && out == DType::kFloat32) {
    if (type(0) == DType::kInt16) return error("input '{}' is int16", v.input(0).name);
    if (!v.input(0).quantization.per_tensor()) return error("input '{}' has several scales", v.input(0).name);
  }
  if (v.is({"QUANTIZE"})) {
    if ((type(0) == DType::kInt32 || type(0) == DType::kInt16) && (is_8bit(out) || out == DType::kInt32))
      return error("from {} to {}", name(type(0)), name(out));
    if (type(0) == DType::kFloat32 && !v.output().quantization.per_tensor())
      return error("output '{}' has several scales", v.output().name);
  }
  if (v.is({"RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR", "SPLIT", "SPLIT_V", "SPACE_TO_DEPTH", "DEPTH_TO_SPACE"})) {
    for (const int t : v.inputs()) {
      if (t >= 0 && is_8bit(v.spec(t).type) && v.spec(t).quantization.empty())
        return error("input '{}' has no quantization", v.spec(t).name);
    }
    if (v.is({"SPACE_TO_DEPTH", "DEPTH_TO_SPACE"}) && type(0) == DType::kInt32)
      return error("input '{}' is int32", v.input(0).name);
  }
  if (v.is({"BATCH_MATMUL"})) NPUTWIN_RETURN_IF_ERROR(check_batch_matmul(v));
  if (v.is({"PACK"})) NPUTWIN_RETURN_IF_ERROR(check_pack(v));
  constexpr int kArgOfInt8 = 20230206;
  if (v.is({"ARG_MAX", "ARG_MIN"}) && type(0) == DType::kInt8 && out == DType::kInt32 && !v.has(kArgOfInt8))
    return error("from int8 to int32 in this release");
  if (v.is({"ONE_HOT"}) && out == DType::kBool) return error("the output is bool");
  if (v.is({"SELECT", "SELECT_V2"}) && (is_8bit(out) || out == DType::kBool))
    return error("the output is {}", name(out));
  if (v.is({"SQUARED_DIFFERENCE"})) {
    const bool quantized =
        is_8bit(type(0)) && v.input(0).quantization.per_tensor() && v.output().quantization.per_tensor();
    if (type(0) != type(1) || type(0) != out || (type(0) != DType::kFloat32 && !quantized))
      return error("the types {}, {} and {}", name(type(0)), name(type(1)), name(out));
  }
  if (v.is({"UNIDIRECTIONAL_SEQUENCE_LSTM"})) {
    constexpr std::size_t kHidden = 18, kCell = 19;
    if (!is_8bit(type(0))) return error("input '{}' is {}", v.input(0).name, name(type(0)));
    if (v.has_input(kHidden) && type(kHidden) != out) return error("hidden state and output differ in type");
    if (v.has_input(kCell) && type(kCell) != DType::kInt16) return error("the cell state is {}", name(type(kCell)));
  }
  return {};
}

}  // namespace

Status vx_claims(const VxRelease& release, const Graph& graph, std::span<const TensorSpec> specs, const Node& node) {
  const auto mapped = std::find_if(std::begin(kMapped), std::end(kMapped), [&](const MappedOp& m) {
    return !node.custom && m.op == node.op && m.since <= release.history;
  });
  if (mapped == std::end(kMapped)) return error("the VX delegate of {} does not support {}", release.title, node.op);
  const View view(release, graph, specs, node);
  if (node.inputs.empty() || node.inputs[0] < 0 || node.outputs.empty())
    return error("{} without inputs or outputs", node.op);
  NPUTWIN_RETURN_IF_ERROR(check_tensors(view));
  NPUTWIN_RETURN_IF_ERROR(check_constants(view));
  NPUTWIN_RETURN_IF_ERROR(check_shapes(view));
  return check_types(view);
}

}  // namespace nputwin
