#include "ops/broadcast_runs.h"

#include <algorithm>

namespace nputwin {

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
