#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tensor/shape.h"

namespace nputwin {

/// The order in which four-dimensional values were saved, as the user says it.
enum class Layout : std::uint8_t { kUnsaid, kNhwc, kNchw };

/// [N,C,H,W] of an [N,H,W,C].
[[nodiscard]] inline Shape nchw_shape(const Shape& nhwc) { return {nhwc[0], nhwc[3], nhwc[1], nhwc[2]}; }

/// Values of [N,C,H,W] in the order of `nhwc`, which is [N,H,W,C]. `width`: the bytes of a value.
[[nodiscard]] std::vector<std::byte> nhwc_from_nchw(std::span<const std::byte> values, const Shape& nhwc,
                                                    std::size_t width);

}  // namespace nputwin
