#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/array.h"
#include "sides/inputs/source.h"

namespace nputwin::inputs {

/// What an array's numbers are for a quantized input, as the user says it.
enum class Numbers : std::uint8_t {
  kUnsaid,
  kReal,   ///< quantize=yes
  kCodes,  ///< quantize=no
};

/// Values, and who keeps them.
struct Values {
  Bytes bytes;
  std::shared_ptr<const void> owner;
};

/// The array's numbers in the input's type: as they are, or exactly the same numbers, or float64 rounded to float32, or
/// real numbers quantized where the user says so. `where` names the array.
[[nodiscard]] Result<Values> values_for(const TensorSpec& input, const std::shared_ptr<const Array>& array,
                                        Numbers numbers, const std::string& where, const Notes& notes);

}  // namespace nputwin::inputs
