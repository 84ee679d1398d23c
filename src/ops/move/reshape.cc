// RESHAPE: the same values under another shape. The shape is input 1 where that is a constant, else the attribute; one
// -1 stands for whatever is left.

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::reshape {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 2));
  std::vector<std::int32_t> shape = node.attributes->integers("new_shape");
  if (node.has_input(1)) {
    NPUTWIN_ASSIGN_OR_RETURN(shape, constant_integers(node, 1, "shape"));
  }
  std::int64_t known = 1;
  int open = -1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == -1 && open < 0) {
      open = static_cast<int>(d);
      continue;
    }
    const auto next = checked_mul<std::int64_t>(known, shape[d]);
    if (shape[d] < 0 || !next) return error("new shape {} is not valid", to_string(shape));
    known = *next;
  }
  const std::int64_t elements = node.input(0).elements();
  if (open >= 0) {
    if (known == 0 || elements % known != 0 || elements / known > INT32_MAX) {
      return error("{} values of '{}' do not fit new shape {}", elements, node.input(0).name, to_string(shape));
    }
    shape[static_cast<std::size_t>(open)] = static_cast<std::int32_t>(elements / known);
    known *= elements / known;
  }
  if (known != elements)
    return error("{} values of '{}' do not fit new shape {}", elements, node.input(0).name, to_string(shape));
  return Shapes{shape};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  return same_order_copy(context);
}

}  // namespace

const OpDefinition& reshape_op() {
  static constexpr OpDefinition kOp{"RESHAPE", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::reshape
