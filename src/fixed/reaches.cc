#include "fixed/reaches.h"

#include <cmath>

namespace nputwin {

Reaches::Reaches(const RequantizeRule& rule, const EffectiveMultiplier& scale, std::int32_t zero_point,
                 std::int64_t largest_sum)
    : rule_(rule), scale_(scale), zero_point_(zero_point) {
  if (rule.zero_point_in_accumulator) {
    added_ = requantize_zero_in_accumulator(zero_point, scale);
  } else {
    (rule.zero_point_first ? inside_ : outside_) = zero_point;
  }
  shift_ = (rule.method == RequantizeRule::Method::kSignificand ? rule.multiplier_bits : 31) - scale.fixed.exponent;
  by_ = way(largest_sum + std::abs(added_));
}

Reaches::By Reaches::way(std::int64_t largest_sum) const {
  using Method = RequantizeRule::Method;
  if (rule_.rounding == Rounding::kFloor || rule_.rounding == Rounding::kTowardZero) return By::kDefinition;
  switch (rule_.method) {
    case Method::kOneStep:
    case Method::kSignificand: {
      // Products stay below 2^61, and 2^18 steps of 2^shift, more than any code is from any other, below 2^62.
      constexpr std::int64_t kMostSum = std::int64_t{1} << 30;
      constexpr int kMostShift = 44;
      const bool keeps_all_bits = rule_.product_bits == 0 && rule_.guard_bits >= shift_;
      const bool fits = shift_ > 0 && shift_ <= kMostShift && largest_sum <= kMostSum;
      return keeps_all_bits && fits ? By::kInteger : By::kDefinition;
    }
    case Method::kBinary32:
      return rule_.zero_point_in_accumulator ? By::kDefinition : By::kBinary32;
    case Method::kBinary64:
      return rule_.zero_point_in_accumulator ? By::kDefinition : By::kBinary64;
    default:
      return By::kDefinition;
  }
}

}  // namespace nputwin
