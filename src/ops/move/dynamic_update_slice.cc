// DYNAMIC_UPDATE_SLICE: input 0 with the box of input 1 put over it at the indices of input 2, which are moved so that
// the box lies inside. Source: TFLite dynamic_update_slice.cc.

#include <algorithm>

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::dynamic_update_slice {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 3));
  const Shape &whole = node.input(0).shape, &box = node.input(1).shape;
  bool fits = whole.size() == box.size();
  for (std::size_t d = 0; fits && d < box.size(); ++d) fits = box[d] <= whole[d];
  if (!fits) return error("an update of shape {} does not lie in {}", to_string(box), to_string(whole));
  return Shapes{whole};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context, 1));
  NPUTWIN_ASSIGN_OR_RETURN(const auto start, constant_integers(context, 2, "start"));
  const Shape &whole = context.output().shape, &box = context.input(1).shape;
  if (start.size() != whole.size())
    return error("{} start indices for the {} dimensions of {}", start.size(), whole.size(), to_string(whole));
  const auto strides = dense_strides(whole);
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < box.size(); ++d) offset += std::clamp(start[d], 0, whole[d] - box[d]) * strides[d];
  const std::size_t bytes = size_of(context.output().type);
  std::vector<CopyKernel::Part> parts;
  parts.push_back({0, 0, NdCopy(whole, strides, strides, 0, 0, bytes)});
  parts.push_back({1, 0, NdCopy(box, dense_strides(box), strides, 0, offset, bytes)});
  return std::make_unique<CopyKernel>(std::move(parts));
}

}  // namespace

const OpDefinition& dynamic_update_slice_op() {
  static constexpr OpDefinition kOp{"DYNAMIC_UPDATE_SLICE", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::dynamic_update_slice
