// SQUEEZE: drops dimensions of size 1, those named or all.

#include <algorithm>

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::squeeze {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 1));
  const Shape& in = node.input(0).shape;
  std::vector<bool> drop(in.size(), false);
  for (const auto axis : node.attributes->integers("squeeze_dims")) {
    NPUTWIN_ASSIGN_OR_RETURN(const int d, normalized_axis(axis, in.size()));
    if (in[static_cast<std::size_t>(d)] != 1)
      return error("dimension {} of {} is not 1 and cannot be squeezed", d, to_string(in));
    drop[static_cast<std::size_t>(d)] = true;
  }
  const bool all = node.attributes->integers("squeeze_dims").empty();
  Shape out;
  for (std::size_t d = 0; d < in.size(); ++d) {
    if (!(all ? in[d] == 1 : drop[d])) out.push_back(in[d]);
  }
  return Shapes{out};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  return same_order_copy(context);
}

}  // namespace

const OpDefinition& squeeze_op() {
  static constexpr OpDefinition kOp{"SQUEEZE", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::squeeze
