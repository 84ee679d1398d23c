#pragma once

#include "kernels/explain.h"
#include "ops/op.h"
#include "ops/window.h"

namespace nputwin {

/// Shape inference of a pool with the format's Pool2DOptions.
[[nodiscard]] Result<Shapes> pool_shapes(const NodeView& node);

/// Types, equal quantization of input and output; the window.
[[nodiscard]] Result<Window> pool_window(const PrepareContext& context);

/// Calls body(first channel of the output pixel, the window's valid input pixels as offsets) for each output
/// pixel.
template <typename F>
void for_each_pool_window(const Window& w, const Shape& in, std::int64_t line, F&& body) {
  const int oy = static_cast<int>(line % w.y.out);
  const std::int64_t n = line / w.y.out, channels = in[3];
  const auto [i0, i1] = w.y.inside(oy);
  for (int ox = 0; ox < w.x.out; ++ox) {
    const auto [j0, j1] = w.x.inside(ox);
    const std::int64_t first = ((n * w.y.in + w.y.start(oy) + i0) * w.x.in + w.x.start(ox) + j0) * channels;
    body((line * w.x.out + ox) * channels, first, i1 - i0, j1 - j0);
  }
}

/// The input elements under the window of output element `element`.
[[nodiscard]] std::vector<std::int64_t> pool_elements(const Window& w, const Shape& in, std::int64_t element);

}  // namespace nputwin
