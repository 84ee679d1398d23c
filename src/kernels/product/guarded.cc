#include "kernels/product/guarded.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace nputwin {
namespace {

using Method = RequantizeRule::Method;

/// A code that is not clamped is less than this from the zero point, and so is sum * M.
double most_product(DType output) { return is_8bit(output) ? 0x1p8 : 0x1p16; }
constexpr double kRounding = 0x1p-24;  // of a binary32, relative

/// Two roundings, the first half up to steps of 2^-right, as one. With x = sum * M * 2^right, h = floor(x + 1/2) and
/// an integer T half way between two codes, the second gives the upper one where
///
///   h >= T, x >= T - 1/2      half up, and half away from zero for positive sums: 2.5 -> 3
///   h > T,  x >= T + 1/2      half away from zero for negative sums: -2.5 -> -3
///
/// so that the code is floor(sum * M + zero point + 1/2 +- half a step), with the sum's sign or always up.
struct FirstRounding {
  double up = 0;    ///< half a step
  double away = 0;  ///< half a step, with the sum's sign
};

FirstRounding first_rounding(const RequantizeRule& rule, const EffectiveMultiplier& c) {
  if (rule.method != Method::kTwoStep || c.fixed.exponent >= 0) return {};  // the first rounding is the only one
  if (rule.zero_point_in_accumulator) return {};                            // that sum's sign is not seen here
  const double half_a_step = std::ldexp(0.5, c.fixed.exponent);
  if (rule.rounding == Rounding::kHalfUp) return {.up = half_a_step};
  if (rule.rounding == Rounding::kHalfAwayFromZero) return {.away = half_a_step};
  return {};
}

/// What is added before the floor is taken: 1/2, or nothing where the rule takes the floor itself. None: the rule is of
/// neither kind.
std::optional<double> before_floor(const RequantizeRule& rule, const EffectiveMultiplier& c) {
  const bool own_rounding = rule.method == Method::kSixteenBits || rule.method == Method::kQ31 ||
                            (rule.method == Method::kTwoStep && c.fixed.exponent >= 0);
  if (own_rounding) return 0.5;
  if (rule.rounding == Rounding::kTowardZero) return std::nullopt;
  return rule.rounding == Rounding::kFloor ? 0.0 : 0.5;
}

/// How far the number that the rule rounds at last may be from sum * M, what it adds and first_rounding, where the code
/// is not clamped; none: the rule is not of that kind. M is what the rule stores: its own errors are no deviation.
std::optional<double> deviation(const RequantizeRule& rule, const EffectiveMultiplier& c, std::int64_t largest_sum,
                                double most_product) {
  double largest = 0;
  switch (rule.method) {
    case Method::kTwoStep:
      if (const FirstRounding known = first_rounding(rule, c); c.fixed.exponent < 0 && known.up == 0 && known.away == 0)
        largest = std::ldexp(0.5, c.fixed.exponent);
      break;
    case Method::kOneStep:
    case Method::kSignificand:
      // Leading bits of the product: what is lost is less than the last of them.
      if (rule.product_bits > 0) largest += std::ldexp(most_product, 1 - rule.product_bits);
      if (rule.guard_bits < RequantizeRule::kAllGuardBits) largest += std::ldexp(1.0, -rule.guard_bits);
      break;
    case Method::kBinary32:
      // The sum, where it has more than 24 bits, the product, and its sum with the zero point.
      largest =
          most_product * kRounding *
          (1 + (largest_sum > 1 << 24 || rule.zero_point_in_accumulator ? 1 : 0) + (rule.zero_point_first ? 1 : 0));
      break;
    case Method::kBinary64:
      largest = 2 * std::ldexp(most_product, -53);
      break;
    case Method::kSixteenBits:
      break;
    case Method::kQ31:
      if (c.fixed.exponent > 0) return std::nullopt;  // the sum loses whole bits first
      break;
  }
  return largest;
}

/// What the rule adds to sum * M: the zero point, or M times what stands for it in the accumulator.
double added(const RequantizeRule& rule, const EffectiveMultiplier& c, double m, std::int32_t zero_point) {
  if (!rule.zero_point_in_accumulator) return zero_point;
  return m * static_cast<double>(requantize_zero_in_accumulator(zero_point, c));
}

/// Every step that could leave its register. Sums up to `largest`.
std::string refuses_registers(const RequantizeWork& work, std::int32_t zero_point) {
  const RequantizeRule& rule = work.rule;
  std::int64_t largest = work.largest;
  for (const EffectiveMultiplier& c : work.channels) {
    if (!rule.zero_point_in_accumulator) break;
    largest = std::max(largest, work.largest + std::abs(requantize_zero_in_accumulator(zero_point, c)));
  }
  if (largest > INT32_MAX) return fmt::format("a sum can reach {}, which 32 bits do not hold", largest);
  if (rule.accumulator_bits < 32 && work.largest >= std::int64_t{1} << (rule.accumulator_bits - 1))
    return fmt::format("a sum can reach {} and leave the accumulator's {} bits", work.largest, rule.accumulator_bits);
  if (rule.method == Method::kSixteenBits) {  // its result wraps at 32 bits, v does not
    for (const EffectiveMultiplier& c : work.channels) {
      const double most = multiplier_integers(rule, c).real * static_cast<double>(largest);
      if (c.fixed.exponent >= 15 || !(most < 0x1p31 - 1))
        return fmt::format("a product can reach {:.0f} and wrap", most);
    }
  }
  if (rule.method != Method::kTwoStep) return {};
  for (const EffectiveMultiplier& c : work.channels) {
    const int left = std::max(c.fixed.exponent, 0);
    if (left >= 31 || largest << left > INT32_MAX)
      return fmt::format("32 bits do not hold a sum of up to {} shifted left by {}", largest, left);
  }
  return {};
}

/// As many as leave no v more than 31 bits; fewer than kFewestFractionBits: v must be cut off.
int fraction_bits(double largest, int most) {
  int bits = most;
  while (bits > 0 && std::ldexp(largest + 130, bits) > 0x1.fp30) --bits;  // 128 for uint8, and margins below 1
  return bits;
}

}  // namespace

// With u = (sum +- away) * M + what is added + 1/2, or 0 where the rule takes the floor, the code is floor(u) unless u
// is within `deviation` of an integer.
// In units of 2^-fraction_bits, binary32's v misses u + margin, where the code is not clamped, by at most
//
//   each of: the sum, of more than 24 bits; sum +- away; M, of more than 24 bits; the product, where it is not fused
//                                                                   2^8 * 2^-24 * 2^fraction_bits
//   offset: an integer below 2^24                                   0
//   the rounding of product + offset, below 2^8                     2^8 * 2^-25 * 2^fraction_bits
//   v as an integer                                                 1/2
//
// with 2^16 in the place of 2^8 for codes of 16 bits, and by no more than 2^-16 of these for products of such errors.
// With margin >= deviation + error and limit = 2 * margin, a v whose fraction is `limit` or more has u - deviation and
// u + deviation between the same integers. Where the code is clamped, v is beyond the clamp or near it all the same.
std::string guard_codes(const GuardedWork& work, GuardedCodes& codes) {
  if (!is_8bit(work.output) && work.output != DType::kInt16)
    return fmt::format("it gives codes of 8 or 16 bits, the output is {}", name(work.output));
  if (work.output == DType::kInt16 && work.zero_point != 0)
    return fmt::format("codes of 16 bits have zero point 0, the output has {}", work.zero_point);
  const double most = most_product(work.output);
  const CodeRange range = code_range(work.output);
  const std::size_t channels = work.works.front().channels.size();
  double largest_product = 0;
  std::int64_t largest_sum = 0;
  for (const RequantizeWork& w : work.works) {
    if (std::string reason = refuses_registers(w, work.zero_point); !reason.empty()) return reason;
    for (const EffectiveMultiplier& c : w.channels) {
      const double m = multiplier_integers(w.rule, c).real;
      if (!(m >= 0) || m > 0x1p60) return fmt::format("a channel's M is {}", m);
      largest_product = std::max(
          largest_product, m * static_cast<double>(w.largest + 1) + std::abs(added(w.rule, c, m, work.zero_point)));
    }
    largest_sum = std::max(largest_sum, w.largest);
  }
  codes.wide = !is_8bit(work.output);
  const int most_bits = codes.wide ? GuardedCodes::kMostOfWide : GuardedCodes::kMostFractionBits;
  codes.fraction_bits = fraction_bits(largest_product, most_bits);
  codes.careful = codes.fraction_bits < GuardedCodes::kFewestFractionBits;
  if (codes.careful) codes.fraction_bits = most_bits;
  const double one = std::ldexp(1.0, codes.fraction_bits);
  codes.scale.assign(channels + GuardedCodes::kPadding, 0);
  codes.offset.assign(channels + GuardedCodes::kPadding, static_cast<float>(one / 2));
  codes.limit.assign(channels + GuardedCodes::kPadding, 0);
  std::vector<float> away(channels + GuardedCodes::kPadding);
  const int bias = work.output == DType::kUInt8 ? 128 : 0;
  for (std::size_t c = 0; c < channels; ++c) {
    const RequantizeWork& front = work.works.front();
    const double m = multiplier_integers(front.rule, front.channels[c]).real;
    const FirstRounding first = first_rounding(front.rule, front.channels[c]);
    const std::optional<double> half = before_floor(front.rule, front.channels[c]);
    if (!half) return "the rule rounds toward zero";
    const double zero = added(front.rule, front.channels[c], m, work.zero_point);
    if (zero < range.lo - 1 || zero > range.hi + 1)
      return fmt::format("it adds {} to a channel's products, which is no code", zero);
    double deviates = 0;
    for (const RequantizeWork& w : work.works) {
      const double own = multiplier_integers(w.rule, w.channels[c]).real;
      const std::optional<double> alone = deviation(w.rule, w.channels[c], largest_sum, most);
      if (!alone) return fmt::format("the rule {} cuts bits off sums before M {}", name(w.rule.method), own);
      // Another M of the same channel: relative to a product that is not clamped. Another first rounding.
      const double other = own == m ? 0 : m == 0 ? 1 : std::abs(own / m - 1) * most * 1.001;
      if (before_floor(w.rule, w.channels[c]) != half) return "the two rules of the layer round differently";
      const FirstRounding its = first_rounding(w.rule, w.channels[c]);
      deviates = std::max(deviates, *alone + other + std::abs(its.up - first.up) + std::abs(its.away - first.away) +
                                        std::abs(added(w.rule, w.channels[c], own, work.zero_point) - zero));
    }
    codes.scale[c] = static_cast<float>(m * one);
    const int rounded = (largest_sum > 1 << 24 ? 1 : 0) + (first.away > 0 ? 1 : 0) +
                        (static_cast<double>(codes.scale[c]) == m * one ? 0 : 1) + 1;
    const double error = most * kRounding * one * (rounded + 0.5) + 0.5 + 0x1p-8;
    // An offset of whole units, which binary32 holds: what is cut off is a deviation.
    const double exact = (zero - bias + *half + first.up) * one, whole = std::floor(exact);
    const double margin = std::ceil(deviates * one + exact - whole + error);
    if (margin * 32 > one) return "a sixteenth of all sums, or more, lies too near to a tie";
    away[c] = m > 0 ? static_cast<float>(first.away / m) : 0;
    codes.offset[c] = static_cast<float>(whole + margin);
    codes.limit[c] = static_cast<std::int32_t>(2 * margin);
  }
  if (std::ranges::any_of(away, [](float a) { return a > 0; })) codes.careful = true;
  codes.away = std::move(away);
  codes.lo = static_cast<std::int16_t>(work.clamp.lo - bias);
  codes.hi = static_cast<std::int16_t>(work.clamp.hi - bias);
  codes.flip = static_cast<std::int8_t>(bias == 0 ? 0 : -128);
  return {};
}

}  // namespace nputwin
