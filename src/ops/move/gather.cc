// GATHER: the slices of input 0 along an axis that the indices of input 1 name; the indices' shape takes the axis'
// place. Not supported: batch dimensions.

#include "ops/checks.h"
#include "ops/move/gather_kernel.h"

namespace nputwin::ops::gather {
namespace {

Result<std::size_t> axis_of(const NodeView& node) {
  if (node.attributes->integer("batch_dims") != 0) return error("batch dimensions are not supported");
  NPUTWIN_ASSIGN_OR_RETURN(const int axis,
                           normalized_axis(node.attributes->integer("axis"), node.input(0).shape.size()));
  return static_cast<std::size_t>(axis);
}

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t axis, axis_of(node));
  const Shape &in = node.input(0).shape, &indices = node.input(1).shape;
  Shape out(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(axis));
  out.insert(out.end(), indices.begin(), indices.end());
  out.insert(out.end(), in.begin() + static_cast<std::ptrdiff_t>(axis) + 1, in.end());
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t axis, axis_of(context));
  NPUTWIN_ASSIGN_OR_RETURN(const auto indices, constant_integers(context, 1, "indices"));
  const Shape& in = context.input(0).shape;
  auto sources = sources_in_order(in);
  for (const auto i : indices) {
    if (i < 0 || i >= in[axis]) return error("index {} is outside dimension {} of {}", i, axis, to_string(in));
  }
  sources[axis].assign(indices.begin(), indices.end());
  return std::make_unique<GatherKernel>(in, std::move(sources), size_of(context.input(0).type));
}

}  // namespace

const OpDefinition& gather_op() {
  static constexpr OpDefinition kOp{"GATHER", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::gather
