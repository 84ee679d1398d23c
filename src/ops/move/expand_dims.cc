// EXPAND_DIMS: a dimension of 1 before the axis of input 1.

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::expand_dims {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const auto axis, constant_integers(node, 1, "axis"));
  Shape out = node.input(0).shape;
  if (axis.size() != 1) return error("axis '{}' has {} values, expected one", node.input(1).name, axis.size());
  NPUTWIN_ASSIGN_OR_RETURN(const int at, normalized_axis(axis[0], out.size() + 1));
  out.insert(out.begin() + at, 1);
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  return same_order_copy(context);
}

}  // namespace

const OpDefinition& expand_dims_op() {
  static constexpr OpDefinition kOp{"EXPAND_DIMS", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::expand_dims
