// SLICE: in each dimension d the input's elements from input 1's begin[d] on, input 2's size[d] of them (-1: all
// up to the end).

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::slice {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 3, 3));
  NPUTWIN_ASSIGN_OR_RETURN(const auto begin, constant_integers(node, 1, "begin"));
  NPUTWIN_ASSIGN_OR_RETURN(auto size, constant_integers(node, 2, "size"));
  const Shape& in = node.input(0).shape;
  bool fits = begin.size() == in.size() && size.size() == in.size();
  for (std::size_t d = 0; fits && d < in.size(); ++d) {
    if (size[d] == -1) size[d] = in[d] - begin[d];
    fits = begin[d] >= 0 && size[d] >= 0 && std::int64_t{begin[d]} + size[d] <= in[d];
  }
  if (!fits)
    return error("a slice at {} of size {} does not lie in {}", to_string(begin), to_string(size), to_string(in));
  return Shapes{size};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  NPUTWIN_ASSIGN_OR_RETURN(const auto begin, constant_integers(context, 1, "begin"));
  const auto from = dense_strides(context.input(0).shape);
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < from.size(); ++d) offset += begin[d] * from[d];
  const Shape& out = context.output().shape;
  std::vector<CopyKernel::Part> parts;
  parts.push_back({0, 0, NdCopy(out, from, dense_strides(out), offset, 0, size_of(context.output().type))});
  return std::make_unique<CopyKernel>(std::move(parts));
}

}  // namespace

const OpDefinition& slice_op() {
  static constexpr OpDefinition kOp{"SLICE", infer_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::slice
