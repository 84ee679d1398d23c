#pragma once

#include <cstdint>

#include "fixed/rounding.h"
#include "tensor/tensor.h"

namespace nputwin::inputs {

/// The code of a real number that is `steps` times the scale: half to even, not yet clamped to the type.
[[nodiscard]] inline std::int64_t unclamped_code(double steps, std::int32_t zero_point) {
  return std::int64_t{round_real(steps, Rounding::kHalfToEven)} + zero_point;
}

/// "scale 0.0078125, zero point -1"
[[nodiscard]] inline std::string quantization_text(const TensorSpec& spec) {
  return fmt::format("scale {:.9g}, zero point {}", spec.scale(), spec.zero_point());
}

}  // namespace nputwin::inputs
