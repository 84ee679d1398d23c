#include "analysis/prove/reachable.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "analysis/prove/bit_set.h"

namespace nputwin {
namespace {

struct Extremes {
  std::int64_t least, most;
};

/// Of (code - zero) * (other - other_zero).
Extremes product_range(CodeRange codes, std::int32_t zero, CodeRange other, std::int32_t other_zero) {
  const auto [least, most] = std::minmax({std::int64_t{codes.lo - zero} * (other.lo - other_zero),
                                          std::int64_t{codes.lo - zero} * (other.hi - other_zero),
                                          std::int64_t{codes.hi - zero} * (other.lo - other_zero),
                                          std::int64_t{codes.hi - zero} * (other.hi - other_zero)});
  return {least, most};
}

}  // namespace

ReachableSums ReachableSums::of(const Definition::Sum& sum, CodeRange codes, CodeRange other_codes) {
  ReachableSums sums;
  sums.lowest_ = sums.highest_ = sum.start;
  sums.room_ = codes.hi - codes.lo;
  sums.codes_ = codes;
  std::vector<std::int64_t> weights;
  weights.reserve(sum.terms.size());
  if (sum.other_input) {
    // The other codes stand still, far from their zero point but for one, so that codes alone make the sum. That leaves
    // sums out, which is why such sums are never complete.
    const bool low_is_far = sum.other_zero - other_codes.lo > other_codes.hi - sum.other_zero;
    const std::int32_t far = low_is_far ? other_codes.lo : other_codes.hi;
    const std::int32_t near = std::clamp(sum.other_zero + 1, other_codes.lo, other_codes.hi);
    const auto [least, most] = product_range(codes, sum.zero, other_codes, sum.other_zero);
    const auto terms = static_cast<std::int64_t>(sum.terms.size());
    for (std::size_t i = 0; i < sum.terms.size(); ++i) {
      sums.other_.push_back(i == 0 ? near : far);
      weights.push_back(sums.other_.back() - sum.other_zero);
      sums.base_sum_ += weights.back() * (codes.lo - sum.zero);
    }
    sums.lowest_ += terms * least;
    sums.highest_ += terms * most;
    sums.base_sum_ += sum.start;
  } else {
    for (const auto& term : sum.terms) weights.push_back(term.weight);
  }
  std::int64_t step = 0;
  sums.falls_.resize(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::int64_t w = weights[i];
    sums.falls_[i] = w < 0;
    if (!sum.other_input) {
      sums.lowest_ += w * (w < 0 ? codes.hi : codes.lo);
      sums.highest_ += w * (w < 0 ? codes.lo : codes.hi);
    } else if (w < 0) {
      sums.base_sum_ += w * sums.room_;
    }
    if (w == 0 || sums.room_ == 0) continue;
    sums.terms_.push_back({std::abs(w), i});
    step = std::gcd(step, w);
  }
  std::ranges::sort(sums.terms_, {}, &Term::weight);
  if (sum.other_input) {
    sums.complete_ = false;
    return sums;
  }
  sums.base_sum_ = sums.lowest_;
  sums.step_ = step == 0 ? 1 : step;
  // Terms of rising weights make every multiple of the step where no weight is beyond what those before it can make,
  // and one step.
  std::int64_t made = 0;
  for (const Term& term : sums.terms_) {
    sums.complete_ = sums.complete_ && term.weight <= made + sums.step_;
    made += term.weight * sums.room_;
  }
  return sums;
}

bool ReachableSums::covers(const ReachableSums& other) const {
  return complete_ && other.lowest_ >= lowest_ && other.highest_ <= highest_ && other.step_ % step_ == 0 &&
         (other.lowest_ - lowest_) % step_ == 0;
}

std::int64_t ReachableSums::at_or_after(std::int64_t sum) const {
  if (sum <= lowest_) return lowest_;
  return lowest_ + (sum - lowest_ + step_ - 1) / step_ * step_;
}

std::int64_t ReachableSums::count_in(const DifferingRange& range) const {
  const std::int64_t first = at_or_after(range.first), last = std::min(range.last, highest_);
  return first > last ? 0 : (last - first) / step_ + 1;
}

/// A number from which on all steps can be made, to as far from the end. Where terms of small weights make a run of
/// neighbours in their middle that is at least as long as the largest weight, each further term makes it longer on both
/// sides. Nothing where no such run is found.
std::optional<std::int64_t> ReachableSums::made_from() const {
  constexpr std::int64_t kMostBits = std::int64_t{1} << 20;
  if (complete_) return 0;
  const std::int64_t largest = terms_.back().weight / step_;
  std::int64_t last = 0;
  BitSet made(1);
  made.add(0);
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    const std::int64_t weight = terms_[i].weight / step_;
    last += weight * room_;
    if (last >= kMostBits) break;
    made.grow(last + 1);
    made.add_multiples(weight, room_);
    const std::int64_t first = made.first_of_run_to(last / 2);  // a run that ends as far from the end
    if (last - 2 * first + 1 >= largest) return first;
  }
  return std::nullopt;
}

std::optional<MadeAmounts> ReachableSums::made() const {
  if (!other_.empty()) return std::nullopt;
  constexpr std::int64_t kMostWork = std::int64_t{1} << 28;  // bits times terms
  const std::int64_t last = count() - 1;
  // Beyond the middle the end is nearer.
  const std::int64_t size = std::min(made_from().value_or(last + 1), last / 2 + 1);
  if (size > kMostWork / std::max<std::int64_t>(1, static_cast<std::int64_t>(terms_.size()))) return std::nullopt;
  BitSet low(size);
  if (size > 0) low.add(0);
  for (const Term& term : terms_) low.add_multiples(term.weight / step_, room_);
  return MadeAmounts(std::move(low), last);
}

std::optional<ReachableSums::Codes> ReachableSums::codes_for(std::int64_t sum) const {
  const auto amounts = amounts_for(sum - base_sum_);
  if (!amounts) return std::nullopt;
  Codes codes{std::vector<std::int32_t>(falls_.size(), codes_.lo), other_};
  for (std::size_t i = 0; i < falls_.size(); ++i) {
    if (falls_[i]) codes.codes[i] = codes_.hi;
  }
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    const auto amount = static_cast<std::int32_t>((*amounts)[i]);
    codes.codes[terms_[i].term] += falls_[terms_[i].term] ? -amount : amount;
  }
  return codes;
}

std::optional<std::vector<std::int64_t>> ReachableSums::amounts_for(std::int64_t rest) const {
  if (rest < 0) return std::nullopt;
  // The largest weights first. In complete terms what is left is always within what the smaller ones make. Elsewhere a
  // few small ones are kept for a table, and get about half of what they can make.
  constexpr std::size_t kTableTerms = 12;
  for (const std::size_t kept : {std::size_t{0}, std::min(terms_.size(), kTableTerms)}) {
    std::vector<std::int64_t> amounts(terms_.size());
    std::int64_t left = rest, half = 0;
    for (std::size_t i = 0; i < kept; ++i) half += terms_[i].weight * room_ / 2;
    for (std::size_t i = terms_.size(); i-- > kept;) {
      amounts[i] = std::clamp<std::int64_t>((left - half) / terms_[i].weight, 0, room_);
      left -= amounts[i] * terms_[i].weight;
    }
    if (left == 0) return amounts;
    if (kept == 0) continue;
    if (const auto of_few = amounts_by_table(left, kept)) {
      std::ranges::copy(*of_few, amounts.begin());
      return amounts;
    }
  }
  return std::nullopt;
}

std::optional<std::vector<std::int64_t>> ReachableSums::amounts_by_table(std::int64_t rest, std::size_t terms) const {
  constexpr std::int64_t kMostBits = std::int64_t{1} << 28;
  if (rest % step_ != 0) return std::nullopt;
  const std::int64_t target = rest / step_;
  if (target >= kMostBits / static_cast<std::int64_t>(terms + 1)) return std::nullopt;
  std::vector<BitSet> made;  // by the first 0, 1, 2 ... terms
  made.emplace_back(target + 1).add(0);
  for (std::size_t i = 0; i < terms; ++i) {
    made.push_back(made.back());
    made.back().add_multiples(terms_[i].weight / step_, room_);
  }
  if (!made.back().has(target)) return std::nullopt;
  std::vector<std::int64_t> amounts(terms);
  std::int64_t left = target;
  for (std::size_t i = terms; i-- > 0;) {
    const std::int64_t weight = terms_[i].weight / step_;
    while (!made[i].has(left)) ++amounts[i], left -= weight;
  }
  return amounts;
}

}  // namespace nputwin
