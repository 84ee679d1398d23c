#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/file.h"

namespace nputwin {

/// A copy of a .tflite file whose main graph has `outputs` (tensor indices) as its outputs and which has no signatures;
/// everything else stays, byte for byte. A runtime then keeps these tensors, also inside a delegate. `file` has passed
/// parse_tflite.
[[nodiscard]] Result<std::vector<std::byte>> expose_outputs(Bytes file,
                                                            std::span<const std::int32_t> outputs);

}  // namespace nputwin
