#pragma once

#include <cmath>

#include "tensor/tensor.h"

namespace nputwin {

/// Element i of a tensor of any type as a number; int64 values beyond 2^53 lose bits.
[[nodiscard]] inline double element_of(const TensorView& view, std::size_t i) {
  switch (view.spec->type) {
    case DType::kFloat32:
      return static_cast<double>(view.as<float>()[i]);
    case DType::kInt32:
      return view.as<std::int32_t>()[i];
    case DType::kUInt8:
      return view.as<std::uint8_t>()[i];
    case DType::kInt64:
      return static_cast<double>(view.as<std::int64_t>()[i]);
    case DType::kBool:
      return view.as<bool>()[i] ? 1 : 0;
    case DType::kInt16:
      return view.as<std::int16_t>()[i];
    case DType::kInt8:
      break;
  }
  return view.as<std::int8_t>()[i];
}

/// Whether two elements differ; NaN equals NaN.
[[nodiscard]] inline bool differ(double x, double y) { return x != y && !(std::isnan(x) && std::isnan(y)); }

}  // namespace nputwin
