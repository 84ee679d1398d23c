#pragma once

#include <algorithm>
#include <utility>

#include "base/result.h"
#include "model/attributes.h"
#include "tensor/shape.h"

namespace nputwin {

/// One spatial dimension of a sliding window.
struct WindowAxis {
  int in = 0, out = 0, size = 0, stride = 1, dilation = 1,
      before = 0;  ///< before: padding ahead of the first element

  /// The window's elements inside the input for output position `o`: [first, last) as indices of the window.
  [[nodiscard]] std::pair<int, int> inside(int o) const {
    const int first = start(o);
    int lo = std::max(-first, 0), hi = std::max(in - first, 0);
    if (dilation != 1) lo = (lo + dilation - 1) / dilation, hi = (hi + dilation - 1) / dilation;
    lo = std::min(lo, size);
    return {lo, std::clamp(hi, lo, size)};
  }
  [[nodiscard]] int start(int o) const { return o * stride - before; }
};

/// SAME (0) or VALID (1) placement. TFLite: out = ceil(in/stride), odd padding goes behind.
[[nodiscard]] Result<WindowAxis> window_axis(std::int64_t in, std::int64_t size, std::int64_t stride,
                                             std::int64_t dilation, std::int64_t padding);

/// NHWC placement of a convolution or pool over rank-4 shapes.
struct Window {
  WindowAxis y, x;
};
[[nodiscard]] Result<Window> window_2d(const Shape& input, std::int64_t height, std::int64_t width,
                                       const Attributes& attributes);

}  // namespace nputwin
