#pragma once

#include "tensor/shape.h"

namespace nputwin {

/// TFLite's optimised element-wise kernels take runs where the broadcast dimensions lie in one of five nested
/// loops (ProcessBroadcastShapes in process_broadcast_shapes.h), and scalar code otherwise.
[[nodiscard]] bool broadcasts_in_runs(const Shape& a, const Shape& b);

}  // namespace nputwin
