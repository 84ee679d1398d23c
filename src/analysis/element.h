#pragma once

#include <cmath>

#include "tensor/tensor.h"

namespace nputwin {

/// Element i of a tensor of any type as a number; int64 values beyond 2^53 lose bits.
[[nodiscard]] double element_of(const TensorView& view, std::size_t i);

/// Whether two elements differ; NaN equals NaN.
[[nodiscard]] inline bool differ(double x, double y) { return x != y && !(std::isnan(x) && std::isnan(y)); }

}  // namespace nputwin
