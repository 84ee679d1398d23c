#include "kernels/gemm/gemm.h"

namespace nputwin {

PackedMatrix::PackedMatrix(std::span<const std::int16_t> weights, std::int64_t channels, std::int64_t depth, int panel)
    : panels_((channels + panel - 1) / panel), pairs_(static_cast<int>((depth + 1) / 2)), panel_(panel) {
  data_.resize(static_cast<std::size_t>(panels_ * pairs_ * panel * 2));
  for (std::int64_t n = 0; n < channels; ++n) {
    for (std::int64_t k = 0; k < depth; ++k) {
      const std::int64_t place = (((n / panel) * pairs_ + k / 2) * panel + n % panel) * 2 + k % 2;
      data_[static_cast<std::size_t>(place)] = weights[static_cast<std::size_t>(n * depth + k)];
    }
  }
}

}  // namespace nputwin
