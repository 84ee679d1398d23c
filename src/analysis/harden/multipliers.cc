#include "analysis/harden/multipliers.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace nputwin {
namespace {

constexpr int kBinary32Bits = 24;
/// A quarter past a significand of so few bits, M stays on one side of 1/n whether it is cut off to 20 bits or more, or
/// formed in another order.
constexpr int kFewBits = 20;
constexpr double kQuarter = 0.25;

void sort_by_distance(std::vector<double>& multipliers, double target) {
  std::ranges::stable_sort(multipliers, {}, [target](double m) { return std::abs(m / target - 1); });
}

/// Significands of `bits` bits next to the target's, `most` on either side, and `past` of a unit beyond them.
void add_significands(std::vector<double>& list, double target, int bits, int most, double past = 0) {
  int exponent = 0;
  const double nearest = std::nearbyint(std::ldexp(std::frexp(target, &exponent), bits));
  list.push_back(std::ldexp(nearest + past, exponent - bits));
  for (int d = 1; d <= most; ++d) {
    for (const double j : {nearest + d, nearest - d}) {
      if (j >= 1) list.push_back(std::ldexp(j + past, exponent - bits));
    }
  }
}

/// Multiples of 2^-18 ... 2^-14: of few bits wherever the target is small.
void add_coarse(std::vector<double>& list, double target) {
  for (const int bits : {18, 17, 16, 15, 14}) {
    const double nearest = std::nearbyint(std::ldexp(target, bits));
    for (const double j : {nearest, nearest + 1, nearest - 1}) {
      if (j >= 1) list.push_back(std::ldexp(j, -bits));
    }
  }
}

/// The least significand of `bits` bits that is not below 1/n, and so many of its units more.
double above_reciprocal(double n, int bits, double units) {
  int exponent = 0;
  const double first = std::ceil(std::ldexp(std::frexp(1 / n, &exponent), bits));
  return std::ldexp(first + units, exponent - bits);
}

void add_below_even_integers(std::vector<double>& list, const MultiplierNeeds& needs, double target, double tolerance) {
  constexpr int kMostIntegers = 24;
  std::vector<double> integers;
  const double middle = 2 * std::nearbyint(0.5 / target);
  const int width = static_cast<int>(std::clamp(tolerance * middle / 2 + 1, 1.0, kMostIntegers / 2.0));
  for (int d = -width; d <= width; ++d) {
    if (middle + 2 * d >= 2) integers.push_back(middle + 2 * d);
  }
  std::ranges::stable_sort(integers, {}, [target](double n) { return std::abs(1 / (n * target) - 1); });
  for (const double n : integers) {
    const bool full = needs.bits >= kBinary32Bits;
    for (int k = 0; k < 3; ++k)
      list.push_back(full ? above_reciprocal(n, kFewBits, k + kQuarter) : above_reciprocal(n, needs.bits, k));
    if (!full) continue;
    for (const double below : {9.2, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0})
      list.push_back(1 / (n - std::exp2(-below)));
  }
}

}  // namespace

MultiplierNeeds MultiplierNeeds::of(std::span<const SideRule> rules) {
  MultiplierNeeds needs;
  for (const auto& [rule, required] : rules) {
    if (!required) continue;
    if (rule.method == RequantizeRule::Method::kSignificand) needs.bits = std::min(needs.bits, rule.multiplier_bits);
    if (rule.method == RequantizeRule::Method::kSixteenBits) needs.bits = std::min(needs.bits, 15);
    if (rule.method == RequantizeRule::Method::kTwoStep) needs.two_roundings = true;
  }
  return needs;
}

MultiplierNeeds MultiplierNeeds::and_of(const MultiplierNeeds& other) const {
  return {std::min(bits, other.bits), two_roundings || other.two_roundings};
}

std::vector<double> candidate_multipliers(const MultiplierNeeds& needs, double target, double tolerance) {
  std::vector<double> near, coarse;
  const bool full = needs.bits >= kBinary32Bits;
  constexpr int kCoarseBits = 16, kFirstTried = 32, kMostOfFull = 1600;
  if (needs.two_roundings) {
    if (full) {
      add_significands(near, target, kFewBits, kFirstTried, kQuarter);
    } else {
      add_significands(near, target, needs.bits, kFirstTried);
    }
    add_below_even_integers(coarse, needs, target, tolerance);
  } else {
    const auto within = [&](int bits) { return static_cast<int>(std::ldexp(tolerance, bits)); };
    add_significands(near, target, needs.bits, full ? kMostOfFull : within(needs.bits));
    if (full) add_significands(coarse, target, kCoarseBits, within(kCoarseBits));
    add_coarse(coarse, target);
  }
  sort_by_distance(near, target);
  if (!needs.two_roundings) sort_by_distance(coarse, target);
  near.insert(near.end(), coarse.begin(), coarse.end());
  std::erase_if(near, [&](double m) { return !(std::abs(m / target - 1) <= tolerance); });
  return near;
}

double growth_to_even(double multiplier) {
  constexpr double kShrinking = 0.998;
  if (!(multiplier > 0x1p-40)) return 1;  // even integers are everywhere, and 2 more are soon no other number
  double n = std::max(2.0, 2 * std::ceil(kShrinking / multiplier / 2));
  while (std::exp2(std::round(std::log2(n))) == n) n += 2;
  return n * multiplier;
}

std::span<const double> coarser_factors(const MultiplierNeeds& needs) {
  static constexpr std::array kFew{1.03, 1.06, 1.1, 1.15, 1.2, 1.3, 1.5};
  static constexpr std::array kMany{1.02, 1.05, 1.1, 1.5, 2.0, 3.0, 4.0, 8.0, 16.0, 32.0, 64.0};
  return needs.two_roundings ? std::span<const double>(kFew) : kMany;
}

std::span<const double> coarsest_factors(const MultiplierNeeds& needs) {
  static constexpr std::array kCoarsest{2.0, 3.0, 4.0, 8.0, 16.0, 32.0, 64.0};
  return needs.two_roundings ? std::span<const double>(kCoarsest) : std::span<const double>();
}

std::vector<std::int64_t> even_divisors(double target, double room) {
  constexpr double kSmallestPart = 0.4;  // of the largest: beyond that weights lose more than a bit
  constexpr std::size_t kMost = 100;
  std::vector<std::int64_t> divisors;
  constexpr double kMostDivisor = 0x1p40;
  const auto largest = static_cast<std::int64_t>(2 * std::floor(std::min(0.5 * room / target, kMostDivisor)));
  for (std::int64_t n = largest;
       n >= 2 && static_cast<double>(n) >= kSmallestPart * static_cast<double>(largest) && divisors.size() < kMost;
       n -= 2)
    divisors.push_back(n);
  return divisors;
}

double reciprocal(const MultiplierNeeds& needs, std::int64_t n) {
  const auto number = static_cast<double>(n);
  return needs.bits >= kBinary32Bits ? 1 / number : above_reciprocal(number, needs.bits, 0);
}

}  // namespace nputwin
