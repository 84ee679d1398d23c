#include "kernels/multiply/multiply.h"

namespace nputwin {

ManyMultiply::ManyMultiply(FixedPointMultiply multiply, QuantizedMultiplier scale, const Isa& isa, Rounding second)
    : multiply_(multiply), scale_(scale), second_(second) {
  using Then = MultiplyKernels::Then;
  if (isa.scalar() || scale.multiplier < 0) return;
  if (multiply.roundings == FixedPointRoundings::kTwo) {
    // floor((x * m + 2^30) / 2^31) is what stands above bit 32 of twice that. 2 * 2^31 * (2^31 - 1) + 2^31 < 2^63.
    const bool known = second == Rounding::kHalfUp || second == Rounding::kHalfAwayFromZero;
    if (!known || scale.exponent > 31 || scale.exponent < -30) return;
    const Then then = second == Rounding::kHalfUp ? Then::kHalfUp : Then::kHalfAway;
    steps_ = {
        std::max(scale.exponent, 0), scale.multiplier, 1, std::int64_t{1} << 31, std::max(-scale.exponent, 0), then};
  } else {
    // floor((x * m + 2^(right-1)) / 2^right) in two steps, both cut off; with right >= 32 it fits into 32 bits.
    const int right = 31 - scale.exponent;
    if (right < 32 || right > 62) return;
    steps_ = {0, scale.multiplier, 0, std::int64_t{1} << (right - 1), right - 32, Then::kFloor};
  }
  kernels_ = multiply_int32(isa);
}

}  // namespace nputwin
