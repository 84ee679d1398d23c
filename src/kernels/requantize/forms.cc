#include "kernels/requantize/forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "kernels/kernel_form.h"

namespace nputwin {
namespace {

using Method = RequantizeRule::Method;

std::size_t padded(const RequantizeWork& work) { return work.channels.size() + RequantizeParameters::kPadding; }

// high_product: two fixed-point steps, or one.

/// The shifts around the high product, and whether 32 bits hold every step: acc << left, and its high product, which is
/// no larger, plus half of 2^right.
struct Shifts {
  int left, right;

  static Shifts of(const RequantizeRule& rule, const EffectiveMultiplier& c) {
    const int exponent = c.fixed.exponent;
    if (rule.method == Method::kTwoStep) return {std::max(exponent, 0), std::max(-exponent, 0)};
    // One rounding is the floor of the high product with one bit or more kept for the last shift, which rounds half up.
    const int right = std::max(-exponent, 1);
    return {exponent + right, right};
  }
  [[nodiscard]] bool fit(std::int64_t largest) const {
    return largest <= INT32_MAX && left < 31 && right < 31 &&
           (largest << left) + (std::int64_t{1} << right) / 2 <= INT32_MAX;
  }
};

bool high_product_is_for(const RequantizeRule& rule) {
  if (rule.method == Method::kTwoStep)
    return rule.rounding == Rounding::kHalfAwayFromZero || rule.rounding == Rounding::kHalfUp;
  return rule.method == Method::kOneStep && rule.rounding == Rounding::kHalfUp && !rule.zero_point_first;
}

std::string high_product_refuses(const RequantizeWork& work) {
  for (const EffectiveMultiplier& c : work.channels) {
    const Shifts shifts = Shifts::of(work.rule, c);
    if (!shifts.fit(work.largest)) {
      return fmt::format("32 bits do not hold a sum of up to {} shifted left by {} and rounded for a shift by {}",
                         work.largest, shifts.left, shifts.right);
    }
  }
  return {};
}

void high_product_prepare(const RequantizeWork& work, RequantizeParameters& p) {
  p.multiplier.resize(padded(work)), p.left.resize(padded(work)), p.right.resize(padded(work));
  for (std::size_t c = 0; c < work.channels.size(); ++c) {
    const Shifts shifts = Shifts::of(work.rule, work.channels[c]);
    p.multiplier[c] = work.channels[c].fixed.multiplier;
    p.left[c] = shifts.left;
    p.right[c] = shifts.right;
  }
  const bool two_step = work.rule.method == Method::kTwoStep;
  p.nudge = two_step ? std::int64_t{1} << 30 : 0;
  p.away = two_step && work.rule.rounding == Rounding::kHalfAwayFromZero;
}

// binary32: the sum and M as float32, their product half to even.

bool binary32_is_for(const RequantizeRule& rule) {
  return rule.method == Method::kBinary32 && rule.rounding == Rounding::kHalfToEven && !rule.zero_point_first;
}

std::string binary32_refuses(const RequantizeWork& /*work*/) { return {}; }

void binary32_prepare(const RequantizeWork& work, RequantizeParameters& p) {
  p.binary32.resize(padded(work));
  for (std::size_t c = 0; c < work.channels.size(); ++c) p.binary32[c] = work.channels[c].binary32;
}

// binary64 and half_up: M's leading bits, exact in float64. acc*m needs under 53 bits, and so does acc*M + zero point,
// whose lowest bit is 2^-k.

bool binary64_is_for(const RequantizeRule& rule) {
  return rule.method == Method::kSignificand && rule.rounding == Rounding::kHalfToEven && rule.zero_point_first;
}

bool half_up_is_for(const RequantizeRule& rule) {
  return rule.method == Method::kSignificand && rule.rounding == Rounding::kHalfUp && !rule.zero_point_first;
}

std::string binary64_refuses(const RequantizeWork& work) {
  if (work.rule.multiplier_bits > 24)
    return fmt::format("M has {} bits, at most 24 give an exact product in float64", work.rule.multiplier_bits);
  if (work.largest >= (std::int64_t{1} << 28))
    return fmt::format("a sum can reach {}, at most 28 bits give an exact product in float64", work.largest);
  const bool fits = std::ranges::all_of(work.channels, [&](const EffectiveMultiplier& c) {
    const int k = work.rule.multiplier_bits - c.fixed.exponent;
    return k >= 0 && k <= 40 && (work.largest * c.fixed.multiplier) < (std::int64_t{1} << 51) &&
           std::ldexp(static_cast<double>(work.largest) * c.fixed.multiplier, -k) < 1e9;
  });
  return fits ? ""
              : fmt::format("float64 does not hold the product of a channel's M and a sum of up to {}", work.largest);
}

std::string half_up_refuses(const RequantizeWork& work) { return binary64_refuses(work); }

void binary64_prepare(const RequantizeWork& work, RequantizeParameters& p) {
  p.binary64.resize(padded(work));
  for (std::size_t c = 0; c < work.channels.size(); ++c) {
    const auto& m = work.channels[c].fixed;
    p.binary64[c] = std::ldexp(m.multiplier, m.exponent - work.rule.multiplier_bits);
  }
}

void half_up_prepare(const RequantizeWork& work, RequantizeParameters& p) { binary64_prepare(work, p); }

}  // namespace

std::span<const RequantizeForm> requantize_forms() {
  static constexpr RequantizeForm kForms[] = {
#define NPUTWIN_REQUANTIZE(name) {#name, name##_is_for, name##_refuses, name##_prepare, &RequantizeKernels::name},
#include "kernels/requantize/kernels.inc"
#undef NPUTWIN_REQUANTIZE
  };
  return kForms;
}

std::string refuses_vectors(const RequantizeWork& work, DType output, const Isa& isa) {
  const RequantizeRule& rule = work.rule;
  if (isa.scalar()) return kScalarAskedFor;
  if (!is_8bit(output)) return fmt::format("vector forms give 8-bit codes, the output is {}", name(output));
  if (rule.accumulator_bits < 32 && work.largest >= std::int64_t{1} << (rule.accumulator_bits - 1))
    return fmt::format("a sum can reach {} and leave the accumulator's {} bits", work.largest, rule.accumulator_bits);
  if (rule.zero_point_in_accumulator) return "the rule adds the zero point to the accumulator";
  if (rule.product_bits != 0) return fmt::format("the rule keeps {} bits of the product", rule.product_bits);
  if (rule.guard_bits != RequantizeRule::kAllGuardBits)
    return fmt::format("the rule rounds by {} guard bits", rule.guard_bits);
  return {};
}

}  // namespace nputwin
