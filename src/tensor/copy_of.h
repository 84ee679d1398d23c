#pragma once

#include "tensor/tensor.h"

namespace nputwin {

/// What a view shows, as a tensor of its own.
[[nodiscard]] inline Tensor copy_of(const TensorView& view) {
  return {*view.spec, {view.bytes.begin(), view.bytes.end()}};
}

}  // namespace nputwin
