#include "ops/elementwise/broadcast.h"

#include <algorithm>

#include "kernels/nd_copy.h"
#include "ops/checks.h"

namespace nputwin {

BroadcastWalk::BroadcastWalk(const Shape& out, const Shape& in_a, const Shape& in_b) {
  const auto sa = dense_strides(in_a), sb = dense_strides(in_b);
  const auto stride = [&](const Shape& shape, const std::vector<std::int64_t>& strides, std::size_t d) -> std::int64_t {
    const std::size_t missing = out.size() - shape.size();
    return d < missing || shape[d - missing] == 1 ? 0 : strides[d - missing];
  };
  for (std::size_t d = 0; d < out.size(); ++d) {
    if (out[d] == 1) continue;
    const std::int64_t next_a = stride(in_a, sa, d), next_b = stride(in_b, sb, d);
    if (!extents_.empty() && a_.back() == next_a * out[d] && b_.back() == next_b * out[d]) {
      extents_.back() *= out[d], a_.back() = next_a, b_.back() = next_b;
    } else {
      extents_.push_back(out[d]), a_.push_back(next_a), b_.push_back(next_b);
    }
  }
  if (extents_.empty()) extents_.push_back(1), a_.push_back(1), b_.push_back(1);
}

std::int64_t BroadcastWalk::runs() const {
  std::int64_t n = 1;
  for (std::size_t d = 0; d + 1 < extents_.size(); ++d) n *= extents_[d];
  return n;
}

std::int64_t BroadcastWalk::start(std::int64_t r, const std::vector<std::int64_t>& strides) const {
  std::int64_t at = 0;
  for (std::size_t d = extents_.size() - 1; d-- > 0; r /= extents_[d]) at += r % extents_[d] * strides[d];
  return at;
}

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
