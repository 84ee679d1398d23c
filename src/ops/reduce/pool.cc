#include "ops/reduce/pool.h"

#include "ops/checks.h"
#include "ops/window.h"

namespace nputwin {

Result<Shapes> pool_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 1));
  NPUTWIN_RETURN_IF_ERROR(check_rank(node.input(0), 4, "input"));
  const Shape& in = node.input(0).shape;
  const Attributes& a = *node.attributes;
  NPUTWIN_ASSIGN_OR_RETURN(const Window w, window_2d(in, a.integer("filter_height"), a.integer("filter_width"), a));
  return Shapes{{in[0], w.y.out, w.x.out, in[3]}};
}

Result<Window> pool_window(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kInt8, DType::kUInt8, DType::kInt16}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.input(0), "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(context.output(), "output"));
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  const Attributes& a = *context.attributes;
  return window_2d(context.input(0).shape, a.integer("filter_height"), a.integer("filter_width"), a);
}

}  // namespace nputwin
