#include "tensor/layout.h"

#include <cstring>

namespace nputwin {

std::vector<std::byte> nhwc_from_nchw(std::span<const std::byte> values, const Shape& nhwc, std::size_t width) {
  const auto size = [&](std::size_t d) { return static_cast<std::size_t>(nhwc[d]); };
  const std::size_t places = size(1) * size(2), channels = size(3);
  std::vector<std::byte> ordered(values.size());
  for (std::size_t n = 0; n < size(0); ++n) {
    for (std::size_t c = 0; c < channels; ++c) {
      for (std::size_t p = 0; p < places; ++p)
        std::memcpy(&ordered[((n * places + p) * channels + c) * width],
                    &values[((n * channels + c) * places + p) * width], width);
    }
  }
  return ordered;
}

}  // namespace nputwin
