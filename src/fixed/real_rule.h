#pragma once

#include <cstdint>

#include "fixed/traced.h"

namespace nputwin {

/// How a real result, in steps of the output's scale, becomes a code. For devices whose result is known to be the
/// nearest code but whose steps on the way are not:
///
///   y = round(x + zero_point)    or    round(x) + zero_point
///
/// The order decides half to even: 2.5 with zero point 127 is 129.5, thus 130, or 2 + 127 = 129. -2.5 is 124.5, thus
/// 124, or -2 + 127 = 125.
struct RealRule {
  Rounding rounding = Rounding::kHalfToEven;
  bool zero_point_first = true;
  bool operator==(const RealRule&) const = default;

  /// Clipped to int32, then the zero point is added where it comes last.
  template <typename N>
  [[nodiscard]] Wide<N> code(const N& x, std::int32_t zero_point) const {
    if (zero_point_first) return to<std::int64_t>(round_real(x + zero_point, rounding));
    return to<std::int64_t>(round_real(x, rounding)) + zero_point;
  }

  /// The same of the mean of `n` > 0 codes with that sum, input and output having one quantization. Exact.
  template <typename N>
  [[nodiscard]] N mean(const N& sum, std::int64_t n, std::int32_t zero_point) const {
    const std::int64_t outside = zero_point_first ? 0 : zero_point;
    if (outside == 0) return divide_rounded(sum, n, rounding);
    return divide_rounded(noted("sum - n * zero point", sum - n * outside), n, rounding) + outside;
  }
};

}  // namespace nputwin
