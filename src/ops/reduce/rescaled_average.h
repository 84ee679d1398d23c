#pragma once

#include "fixed/traced.h"
#include "ops/op.h"
#include "profile/profile.h"

namespace nputwin {

/// A mean as one requantization of a sum, by the profile's rule for averages:
///
///   y = zp_out + round(sum of (q - zp_in) * M)      M = s_in / (s_out * n) in binary32, or (1/n) * s_in / s_out in
///                                                   binary64
struct RescaledAverage {
  RequantizeRule rule;
  EffectiveMultiplier scale;

  template <typename N>
  [[nodiscard]] Wide<N> code(const N& centred_sum, std::int32_t zero_point) const {
    return to<std::int64_t>(
        requantize(rule, accumulator_register(rule, to<std::int64_t>(centred_sum)), scale, zero_point));
  }
};

/// For the mean of n > 0 codes of input 0.
[[nodiscard]] inline RescaledAverage rescaled_average(const PrepareContext& context, std::int64_t n) {
  const RequantizeRule& rule = context.profile->average;
  const float in = context.input(0).scale(), out = context.output().scale();
  const double real = rule.scale == RequantizeRule::Scale::kBinary64
                          ? 1.0 / static_cast<double>(n) * static_cast<double>(in) / static_cast<double>(out)
                          : static_cast<double>(in / (out * static_cast<float>(n)));
  return {rule, effective_multiplier(rule, real)};
}

}  // namespace nputwin
