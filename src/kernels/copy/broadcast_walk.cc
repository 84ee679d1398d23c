#include "kernels/copy/broadcast_walk.h"

#include "kernels/copy/nd_copy.h"

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
      extents_.back() *= out[d];
      a_.back() = next_a;
      b_.back() = next_b;
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

}  // namespace nputwin
