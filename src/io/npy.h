#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace nputwin {

/// NumPy's .npy format, versions 1 to 3: C order, little-endian, the element types of DType.
[[nodiscard]] Result<Tensor> parse_npy(Bytes bytes, const std::string& name);
[[nodiscard]] std::string npy_bytes(const TensorView& tensor);

}  // namespace nputwin
