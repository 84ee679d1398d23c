#pragma once

#include <set>
#include <utility>

#include "kernels/definition.h"

namespace nputwin {

/// Calls f(element) for elements of an output, at least one of each pair of function and sum numbers that its elements
/// have on the two sides; of rows that are numbered alike only for those of the first. Rising.
template <typename F>
void for_each_kind(const Definition& a, const Definition& b, std::int64_t elements, F&& f) {
  const std::int64_t row = a.row();
  if (row != b.row()) {
    for (std::int64_t e = 0; e < elements; ++e) f(e);
    return;
  }
  std::set<std::pair<std::int64_t, std::int64_t>> seen;
  std::pair<std::int64_t, std::int64_t> last{-1, -1};
  for (std::int64_t first = 0, r = 0; first < elements; first += row, ++r) {
    const std::pair numbers{a.row_number(r), b.row_number(r)};
    if (numbers == last || !seen.insert(numbers).second) continue;
    last = numbers;
    for (std::int64_t e = first; e < first + row; ++e) f(e);
  }
}

}  // namespace nputwin
