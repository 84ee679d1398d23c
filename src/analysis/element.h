#pragma once

#include "tensor/tensor.h"

namespace nputwin {

/// Element i of a tensor of any type as a number; int64 values beyond 2^53 lose bits.
[[nodiscard]] double element_of(const TensorView& view, std::size_t i);

}  // namespace nputwin
