#pragma once

#include <algorithm>
#include <utility>

namespace nputwin {

/// One spatial dimension of a sliding window.
struct WindowAxis {
  int in = 0, out = 0, size = 0, stride = 1, dilation = 1;
  int before = 0;  ///< padding ahead of the first element

  /// The window's elements inside the input for output position `o`: [first, last) as indices of the window.
  [[nodiscard]] std::pair<int, int> inside(int o) const {
    const int first = start(o);
    int lo = std::max(-first, 0), hi = std::max(in - first, 0);
    if (dilation != 1) lo = (lo + dilation - 1) / dilation, hi = (hi + dilation - 1) / dilation;
    lo = std::min(lo, size);
    return {lo, std::clamp(hi, lo, size)};
  }
  [[nodiscard]] int start(int o) const { return o * stride - before; }
  bool operator==(const WindowAxis&) const = default;
};

/// A window over the height and width of an NHWC tensor.
struct Window {
  WindowAxis y, x;
  bool operator==(const Window&) const = default;

  /// The same sums where the image is one pixel wide: with its height as its width, which is the same memory.
  [[nodiscard]] Window along_x() const {
    constexpr WindowAxis kNone{.in = 1, .out = 1, .size = 1};
    WindowAxis narrow = x;
    narrow.stride = narrow.dilation = 1;
    return narrow == kNone ? Window{narrow, y} : *this;
  }
};

}  // namespace nputwin
