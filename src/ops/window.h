#pragma once

#include "base/result.h"
#include "mac/window.h"
#include "model/attributes.h"
#include "ops/op.h"
#include "tensor/shape.h"

namespace nputwin {

/// SAME (0) or VALID (1) placement. TFLite: out = ceil(in/stride), odd padding goes behind.
[[nodiscard]] Result<WindowAxis> window_axis(std::int64_t in, std::int64_t size, std::int64_t stride,
                                             std::int64_t dilation, std::int64_t padding);

/// NHWC placement of a convolution or pool over rank-4 shapes.
[[nodiscard]] Result<Window> window_2d(const Shape& input, std::int64_t height, std::int64_t width,
                                       const Attributes& attributes);

/// A fault of XNNPACK in the profiles that have it: where SAME padding of a convolution comes out negative, because the
/// kernel is smaller than the stride, it wraps, and the whole window lies outside the input. Not of 1x1 kernels.
void wrap_same_padding(const PrepareContext& context, Window& window);

}  // namespace nputwin
