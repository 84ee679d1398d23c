#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace nputwin {

/// The least p from `from` to `to` for which `is` holds, which holds for `to` and rises with p; `about` is a guess.
template <typename Is>
[[nodiscard]] std::int32_t first_at_least(std::int32_t from, std::int32_t to, double about, const Is& is) {
  const auto guess = static_cast<std::int32_t>(std::clamp<double>(about, from, to));
  std::int32_t low = from, high = to, stride = 1;  // the answer is in low..high
  if (is(guess)) {
    for (high = guess; high - stride >= low && is(high - stride); stride *= 2) high -= stride;
    low = std::max(low, high - stride + 1);
  } else {
    for (low = guess + 1; low + stride - 1 < high && !is(low + stride - 1); stride *= 2) low += stride;
    high = std::min(high, low + stride - 1);
  }
  while (low < high) {
    const std::int32_t middle = low + (high - low) / 2;
    if (is(middle)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

/// Where a function that rises with x or stays, `code`, changes from `from` to `to`: the least x of each of its codes
/// but the first. They are about (code - zero) / ratio.
template <typename Code>
[[nodiscard]] std::vector<std::int32_t> steps_of(const Code& code, double ratio, double zero, std::int32_t from,
                                                 std::int32_t to) {
  std::vector<std::int32_t> steps;
  for (std::int32_t c = code(from) + 1, last = code(to); c <= last; ++c) {
    // Once two are known, the next is about as far again.
    const std::size_t n = steps.size();
    const double about = n < 2 ? std::ceil((c - zero - 0.5) / ratio) : 2.0 * steps[n - 1] - steps[n - 2];
    steps.push_back(
        first_at_least(n == 0 ? from : steps.back(), to, about, [&](std::int32_t x) { return code(x) >= c; }));
  }
  return steps;
}

}  // namespace nputwin
