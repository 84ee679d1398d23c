#pragma once

#include "ops/op.h"

namespace nputwin {

struct ResizeSpec {
  int height = 0, width = 0;  ///< of the output
  bool align_corners = false, half_pixel_centers = false;
};

/// Input 1 holds height and width; attributes say how positions map.
[[nodiscard]] Result<ResizeSpec> resize_spec(const NodeView& node);
[[nodiscard]] Result<Shapes> resize_shapes(const NodeView& node);

}  // namespace nputwin
