#pragma once

#include "tensor/dtype.h"

namespace nputwin {

/// Calls f with a value of `type`'s C++ type: int8, uint8 or int16.
template <typename F>
void with_code_type(DType type, F&& f) {
  if (type == DType::kUInt8) {
    f(std::uint8_t{});
  } else if (type == DType::kInt16) {
    f(std::int16_t{});
  } else {
    f(std::int8_t{});
  }
}

}  // namespace nputwin
