#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace nputwin {

/// NumPy's .npy format, versions 1 to 3: C order, little-endian, the element types of DType.
[[nodiscard]] Result<Tensor> parse_npy(Bytes bytes, const std::string& name);

/// float64, which no tensor of a model has.
struct Float64Array {
  Shape shape;
  std::vector<double> values;
};
/// Nothing where the file holds another type.
[[nodiscard]] Result<std::optional<Float64Array>> parse_float64_npy(Bytes bytes, const std::string& name);

[[nodiscard]] std::string npy_bytes(const TensorView& tensor);

}  // namespace nputwin
