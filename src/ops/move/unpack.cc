// UNPACK: the slices of the input along an axis, each an output without that axis. TFLite's kernel knows no int64.

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::unpack {
namespace {

Result<std::size_t> axis_of(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const int axis,
                           normalized_axis(node.attributes->integer("axis"), node.input(0).shape.size()));
  return static_cast<std::size_t>(axis);
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 1, node.outputs.size()));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t axis, axis_of(node));
  Shape out = node.input(0).shape;
  if (out[axis] != static_cast<std::int32_t>(node.outputs.size())) {
    return error("dimension {} of {} cannot be unpacked into {} outputs", axis, to_string(out), node.outputs.size());
  }
  out.erase(out.begin() + static_cast<std::ptrdiff_t>(axis));
  return Shapes(node.outputs.size(), out);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t axis, axis_of(context));
  auto from = dense_strides(context.input(0).shape);
  const std::int64_t step = from[axis];
  from.erase(from.begin() + static_cast<std::ptrdiff_t>(axis));
  std::vector<CopyKernel::Part> parts;
  for (std::size_t i = 0; i < context.outputs.size(); ++i) {
    NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 0, i));
    const Shape& out = context.output(i).shape;
    parts.push_back({0, i,
                     NdCopy(out, from, dense_strides(out), static_cast<std::int64_t>(i) * step, 0,
                            size_of(context.input(0).type))});
  }
  return std::make_unique<CopyKernel>(std::move(parts));
}

}  // namespace

const OpDefinition& unpack_op() {
  static constexpr OpDefinition kOp{"UNPACK", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::unpack
