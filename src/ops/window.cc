#include "ops/window.h"

#include "profile/profile.h"

namespace nputwin {

Result<WindowAxis> window_axis(std::int64_t in, std::int64_t size, std::int64_t stride, std::int64_t dilation,
                               std::int64_t padding) {
  constexpr std::int64_t kLimit = 1 << 20;
  if (stride < 1 || dilation < 1 || size < 1 || stride > kLimit || dilation > kLimit || size > kLimit ||
      in > kLimit * 16) {
    return error("window of size {}, stride {}, dilation {} over {} elements is out of range", size, stride, dilation,
                 in);
  }
  if (padding != 0 && padding != 1) return error("padding {} is neither SAME (0) nor VALID (1)", padding);
  const std::int64_t extent = (size - 1) * dilation + 1;
  const std::int64_t out = padding == 0 ? (in + stride - 1) / stride : (in - extent + stride) / stride;
  if (in < 1 || out < 1) return error("a window of {} elements does not fit an input of {}", extent, in);
  constexpr std::int64_t kMostReach = 1 << 28;  // kernels lay out what windows reach, padding included
  if ((out - 1) * stride + extent > kMostReach)
    return error("windows of {} elements at stride {} reach {} elements, expected at most {}", extent, stride,
                 (out - 1) * stride + extent, kMostReach);
  const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * stride + extent - in);
  return WindowAxis{static_cast<int>(in),     static_cast<int>(out),      static_cast<int>(size),
                    static_cast<int>(stride), static_cast<int>(dilation), static_cast<int>(total / 2)};
}

Result<Window> window_2d(const Shape& input, std::int64_t height, std::int64_t width, const Attributes& a) {
  const std::int64_t padding = a.integer("padding");
  NPUTWIN_ASSIGN_OR_RETURN(const WindowAxis y, window_axis(input[1], height, a.integer("stride_h"),
                                                           a.integer("dilation_h_factor", 1), padding));
  NPUTWIN_ASSIGN_OR_RETURN(const WindowAxis x, window_axis(input[2], width, a.integer("stride_w"),
                                                           a.integer("dilation_w_factor", 1), padding));
  return Window{y, x};
}

void wrap_same_padding(const PrepareContext& context, Window& window) {
  if (!context.delegated() || !context.profile->same_padding_wraps || context.attributes->integer("padding") != 0)
    return;
  if (window.y.size == 1 && window.x.size == 1) return;
  for (WindowAxis* axis : {&window.y, &window.x}) {
    const int extent = (axis->size - 1) * axis->dilation + 1, reach = (axis->out - 1) * axis->stride + extent;
    if (reach >= axis->in) continue;
    axis->before = reach + axis->in;
    context.warn(
        fmt::format("XNNPACK's padding wraps, because a kernel of {} is smaller than its stride {} and ends {} "
                    "before the input does: every tap reads zero, and each output is its bias",
                    extent, axis->stride, axis->in - reach));
  }
}

}  // namespace nputwin
