#pragma once

#include <cstdlib>
#include <optional>

#include "fixed/traced.h"
#include "kernels/pairs/pairs.h"

namespace nputwin::ops::add {

/// ((a - za)*ma + (b - zb)*mb) / 2^shift, rounded, + zero: XNNPACK's sum of two codes, and QNNPACK's; see add.cc.
struct SharedShift {
  std::int32_t za, zb, zero, ma, mb;
  int shift;
  Rounding rounding;
  bool operator==(const SharedShift&) const = default;

  template <typename N>
  [[nodiscard]] Wide<N> operator()(const N& a, const N& b) const {
    const auto x = noted("a - its zero point, times that", times("a's multiplier", to<std::int64_t>(a - za), ma));
    const auto y = noted("b - its zero point, times that", times("b's multiplier", to<std::int64_t>(b - zb), mb));
    return noted("plus the zero point", shift_right_rounded(noted("sum", x + y), shift, rounding) + zero);
  }
  /// Of half up, which adding half before the shift is, and of sums of 8-bit codes that stay inside int32.
  [[nodiscard]] std::optional<ShiftedSumForm> shifted_sum() const {
    constexpr std::int64_t kMostCode = 256;
    constexpr std::int32_t kMostMultiplier = 1 << 22;
    if (rounding != Rounding::kHalfUp || shift < 1 || shift > 30) return std::nullopt;
    if (std::abs(ma) >= kMostMultiplier || std::abs(mb) >= kMostMultiplier) return std::nullopt;
    const std::int64_t start = (std::int64_t{1} << (shift - 1)) - std::int64_t{ma} * za - std::int64_t{mb} * zb;
    const std::int64_t most = std::abs(start) + kMostCode * (std::abs(ma) + std::abs(mb));
    if (most > INT32_MAX) return std::nullopt;
    return ShiftedSumForm{ma, mb, static_cast<std::int32_t>(start), shift, zero, 0, 0};
  }
};

}  // namespace nputwin::ops::add
