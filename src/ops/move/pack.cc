// PACK: stacks inputs of one shape along a new axis. TFLite's kernel knows no bool.

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::pack {
namespace {

Result<int> axis_of(const NodeView& node) {
  return normalized_axis(node.attributes->integer("axis"), node.input(0).shape.size() + 1);
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, node.inputs.empty() ? 1 : node.inputs.size(), SIZE_MAX));
  Shape out = node.input(0).shape;
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.input(i).shape != out) {
      return error("inputs have shapes {} and {}, expected one shape", to_string(out), to_string(node.input(i).shape));
    }
  }
  NPUTWIN_ASSIGN_OR_RETURN(const int axis, axis_of(node));
  out.insert(out.begin() + axis, static_cast<std::int32_t>(node.inputs.size()));
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_ASSIGN_OR_RETURN(const int axis, axis_of(context));
  const auto strides = dense_strides(context.output().shape);
  std::vector<std::int64_t> to = strides;
  to.erase(to.begin() + axis);
  std::vector<CopyKernel::Part> parts;
  for (std::size_t i = 0; i < context.inputs.size(); ++i) {
    NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, i));
    const Shape& in = context.input(i).shape;
    parts.push_back(
        {i, 0,
         NdCopy(in, dense_strides(in), to, 0, static_cast<std::int64_t>(i) * strides[static_cast<std::size_t>(axis)],
                size_of(context.output().type))});
  }
  return std::make_unique<CopyKernel>(std::move(parts));
}

}  // namespace

const OpDefinition& pack_op() {
  static constexpr OpDefinition kOp{"PACK", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::pack
