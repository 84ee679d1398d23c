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

Status check_broadcast_rank(const PrepareContext& context) {
  const Shape &a = context.input(0).shape, &b = context.input(1).shape;
  constexpr std::size_t kMost = 4;
  if (a == b || std::max(a.size(), b.size()) <= kMost || !in_tflite_kernels(context)) return {};
  if (context.profile->registry >= OpRegistry::kLitert21) return {};
  return error("{} and {} broadcast over more than {} dimensions: the runtime ends", to_string(a), to_string(b), kMost);
}

bool broadcasts_in_runs(const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  const auto dim = [&](const Shape& s, std::size_t from_end) {
    return from_end < s.size() ? s[s.size() - 1 - from_end] : 1;
  };
  std::size_t i = 0;
  const auto skip_equal = [&] {
    while (i < rank && dim(a, i) == dim(b, i)) ++i;
  };
  skip_equal();
  const bool a_stands = i < rank && dim(a, i) == 1;
  const Shape &still = a_stands ? a : b, &other = a_stands ? b : a;
  while (i < rank && dim(still, i) == 1) ++i;
  skip_equal();
  while (i < rank && dim(other, i) == 1) ++i;
  skip_equal();
  return i == rank;
}

}  // namespace nputwin
