#pragma once

#include <vector>

#include "tensor/tensor.h"

namespace nputwin {

/// The codes of a tensor with one scale as they are on another: what each stands for, at the nearest code, a tie at the
/// even one; within the range of the type.
[[nodiscard]] std::vector<std::byte> codes_on(const Quantization& quantization, const TensorView& codes);

}  // namespace nputwin
