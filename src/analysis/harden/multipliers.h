#pragma once

#include <span>
#include <vector>

#include "analysis/harden/layer_rules.h"

namespace nputwin {

/// What the required rules of one or more channels ask of a multiplier on which they may agree.
struct MultiplierNeeds {
  int bits = 24;               ///< of the significand that every rule keeps
  bool two_roundings = false;  ///< a rule rounds twice

  [[nodiscard]] static MultiplierNeeds of(std::span<const SideRule> rules);
  [[nodiscard]] MultiplierNeeds and_of(const MultiplierNeeds& other) const;
};

/// Multipliers on which such rules may agree for all sums, those that are nearest to `target` first. None is further
/// than the share `tolerance` of it.
///
/// Rules of one rounding differ on few sums, and a significand that all of them hold exactly leaves fewer still: the
/// nearest ones are tried. Two roundings lift a sum just below a tie onto it, unless 1/M lies a little below an even
/// integer n: the ties are then at (x + 1/2) * n less a little, so that the integer above is past the tie, and the one
/// below it a whole 1/n away.
[[nodiscard]] std::vector<double> candidate_multipliers(const MultiplierNeeds& needs, double target, double tolerance);

/// By how much the range of an output must grow so that its layer's 1/M is an even integer, on which two roundings can
/// agree with one: no power of two, of which the first rounding reaches the ties.
[[nodiscard]] double growth_to_even(double multiplier);

/// How much coarser scales are tried where weights are re-rounded: on larger multipliers there are fewer, coarser sums.
[[nodiscard]] std::span<const double> coarser_factors(const MultiplierNeeds& needs);
/// Beyond these, for a channel with a scale of its own on which nothing else helps: a bias far from 0 makes sums that
/// binary32 does not tell apart.
[[nodiscard]] std::span<const double> coarsest_factors(const MultiplierNeeds& needs);

/// The even integers n, for which M = 1/n, from the largest down to which weights that are multiplied by
/// `target` * n stay within `room` times their size: the finest first.
[[nodiscard]] std::vector<std::int64_t> even_divisors(double target, double room);

/// 1/n as such rules hold it.
[[nodiscard]] double reciprocal(const MultiplierNeeds& needs, std::int64_t n);

}  // namespace nputwin
