#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "kernels/definition.h"
#include "tensor/dtype.h"

namespace nputwin {

/// A function of two 8-bit codes that is one of the sum of a number for each, and rises with it: by where it steps.
/// Codes are taken by their bits.
class SteppedSum {
 public:
  /// Nothing: the parts are no sum, or not known to rise for all sums. The function is asked for some thousand of them.
  [[nodiscard]] static std::optional<SteppedSum> of(const Definition::Parts& parts, CodeRange input, CodeRange clamp);

  /// The low bits of the code.
  [[nodiscard]] std::uint8_t code(std::uint8_t a, std::uint8_t b) const {
    const std::int32_t sum = first_[a] + second_[b];
    const float about = std::clamp((static_cast<float>(sum) - first_step_) * rise_ + 1, 0.0F, last_);
    auto k = static_cast<std::size_t>(about);  // the sum is in ends[k]..ends[k + 1]
    while (sum < ends_[k]) --k;
    while (sum >= ends_[k + 1]) ++k;
    return static_cast<std::uint8_t>(lowest_code_ + static_cast<std::int32_t>(k));
  }

 private:
  SteppedSum() = default;

  std::array<std::int32_t, 256> first_{}, second_{};
  std::vector<std::int32_t> ends_;  // the least sum of each code, with INT32_MIN for the first, and INT32_MAX
  std::int32_t lowest_code_ = 0;
  float first_step_ = 0, rise_ = 0, last_ = 0;  // ends[1], codes a sum, and the last k: where the search begins
};

}  // namespace nputwin
