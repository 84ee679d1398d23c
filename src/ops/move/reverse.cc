// REVERSE_V2: the order along the axes of input 1 turned round.

#include <algorithm>

#include "ops/checks.h"
#include "ops/move/gather_kernel.h"

namespace nputwin::ops::reverse {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  return Shapes{node.input(0).shape};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const auto axes, constant_integers(context, 1, "axes"));
  const Shape& in = context.input(0).shape;
  auto sources = sources_in_order(in);
  for (const auto a : axes) {
    NPUTWIN_ASSIGN_OR_RETURN(const int axis, normalized_axis(a, in.size()));
    std::ranges::reverse(sources[static_cast<std::size_t>(axis)]);
  }
  return std::make_unique<GatherKernel>(in, std::move(sources), size_of(context.input(0).type));
}

}  // namespace

const OpDefinition& reverse_v2_op() {
  static constexpr OpDefinition kOp{"REVERSE_V2", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::reverse
