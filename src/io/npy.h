#pragma once

#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "io/array.h"
#include "tensor/tensor.h"

namespace nputwin {

/// Whether the bytes begin as a .npy file does.
[[nodiscard]] bool is_npy(Bytes bytes);
/// NumPy's .npy format, versions 1 to 3, of numbers: either byte order, C and Fortran order.
[[nodiscard]] Result<Array> parse_npy_array(Bytes bytes, const std::string& name);
/// The same of an array whose numbers are of a tensor's type.
[[nodiscard]] Result<Tensor> parse_npy(Bytes bytes, const std::string& name);

[[nodiscard]] std::string npy_bytes(const TensorView& tensor);

}  // namespace nputwin
