#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/checked.h"

namespace nputwin {

/// Sizes of a dense row-major tensor, outermost first (NHWC). An empty shape is a scalar.
using Shape = std::vector<std::int32_t>;

/// Number of elements, or nothing where a size is negative or the product does not fit 63 bits.
[[nodiscard]] inline std::optional<std::int64_t> element_count(const Shape& shape) {
  std::int64_t n = 1;
  for (const auto d : shape) {
    if (d < 0) return std::nullopt;
    const auto next = checked_mul<std::int64_t>(n, d);
    if (!next) return std::nullopt;
    n = *next;
  }
  return n;
}

/// "[1,32,32,3]"
[[nodiscard]] std::string to_string(const Shape& shape);

}  // namespace nputwin
