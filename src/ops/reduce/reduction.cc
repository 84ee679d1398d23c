#include "ops/reduce/reduction.h"

#include "ops/checks.h"

namespace nputwin {

Result<Reduction> reduction_of(const NodeView& node) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto axes, constant_integers(node, 1, "axes"));
  const Shape& in = node.input(0).shape;
  Reduction r;
  r.reduced.assign(in.size(), false);
  r.to_stride.assign(in.size(), 0);
  for (const auto axis : axes) {
    NPUTWIN_ASSIGN_OR_RETURN(const int d, normalized_axis(axis, in.size()));
    r.reduced[static_cast<std::size_t>(d)] = true;
  }
  for (std::size_t d = in.size(); d-- > 0;) {
    if (r.reduced[d]) {
      r.count *= in[d];
    } else {
      r.to_stride[d] = r.outputs;
      r.outputs *= in[d];
    }
  }
  return r;
}

Result<Shapes> reduction_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(const Reduction r, reduction_of(node));
  Shape out;
  for (std::size_t d = 0; d < r.reduced.size(); ++d) {
    if (!r.reduced[d]) {
      out.push_back(node.input(0).shape[d]);
    } else if (node.attributes->integer("keep_dims") != 0) {
      out.push_back(1);
    }
  }
  return Shapes{out};
}

}  // namespace nputwin
