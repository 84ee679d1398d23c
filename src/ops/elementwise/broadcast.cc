#include "ops/elementwise/broadcast.h"

#include <algorithm>

#include "ops/checks.h"
#include "profile/profile.h"

namespace nputwin {

Result<Shape> broadcast_shape(const Shape& a, const Shape& b) {
  Shape out(std::max(a.size(), b.size()), 1);
  for (std::size_t d = 0; d < out.size(); ++d) {
    const std::int32_t x = d < a.size() ? a[a.size() - 1 - d] : 1, y = d < b.size() ? b[b.size() - 1 - d] : 1;
    if (x != y && x != 1 && y != 1) return error("shapes {} and {} do not broadcast", to_string(a), to_string(b));
    out[out.size() - 1 - d] = x == 1 ? y : x;
  }
  return out;
}

Result<Shapes> broadcast_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  NPUTWIN_ASSIGN_OR_RETURN(Shape out, broadcast_shape(node.input(0).shape, node.input(1).shape));
  return Shapes{std::move(out)};
}

}  // namespace nputwin
