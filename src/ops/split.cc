// SPLIT: input 1 in equal parts along the axis that input 0 names.

#include "ops/common.h"
#include "ops/copy_kernel.h"

namespace nputwin {
namespace {

Result<int> axis_of(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto axis, constant_integers(node, 0, "axis"));
  if (axis.size() != 1)
    return error("axis '{}' has {} values, expected one", node.input(0).name, axis.size());
  return normalized_axis(axis[0], node.input(1).shape.size());
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2, node.outputs.size()));
  NPUTWIN_ASSIGN_OR_RETURN(const int axis, axis_of(node));
  Shape out = node.input(1).shape;
  const auto parts = static_cast<std::int32_t>(node.outputs.size());
  auto& size = out[static_cast<std::size_t>(axis)];
  if (parts < 1 || node.attributes->integer("num_splits") != parts || size % parts != 0) {
    return error("dimension {} of {} does not split into {} equal parts ({} outputs)", axis, to_string(out),
                 node.attributes->integer("num_splits"), parts);
  }
  size /= parts;
  return Shapes(node.outputs.size(), out);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const int axis, axis_of(context));
  const TensorSpec& in = context.input(1);
  const auto from = dense_strides(in.shape);
  std::vector<CopyKernel::Part> parts;
  for (std::size_t i = 0; i < context.outputs.size(); ++i) {
    const TensorSpec& out = context.output(i);
    if (out.type != in.type)
      return error("input is {} and output '{}' is {}", name(in.type), out.name, name(out.type));
    const auto at = static_cast<std::size_t>(axis);
    parts.push_back({1, i,
                     NdCopy(out.shape, from, dense_strides(out.shape),
                            static_cast<std::int64_t>(i) * out.shape[at] * from[at], 0, size_of(in.type))});
  }
  return std::make_unique<CopyKernel>(std::move(parts));
}

}  // namespace

const OpDefinition& split_op() {
  static constexpr OpDefinition kOp{"SPLIT", infer_shapes, prepare};
  return kOp;
}

}  // namespace nputwin
