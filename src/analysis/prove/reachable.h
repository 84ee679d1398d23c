#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/prove/bit_set.h"
#include "analysis/prove/thresholds.h"
#include "kernels/definition.h"
#include "tensor/dtype.h"

namespace nputwin {

/// Which of 0 ... `last` can be made of terms: from some number on all but those that lie as near to `last` as the ones
/// before it lie to 0, for what is left of an amount is an amount too.
class MadeAmounts {
 public:
  /// `low`: which of the numbers before those of which all can be made.
  MadeAmounts(BitSet low, std::int64_t last) : low_(std::move(low)), last_(last) {}

  [[nodiscard]] bool has(std::int64_t n) const {
    const std::int64_t from_end = std::min(n, last_ - n);
    return from_end >= 0 && (from_end >= low_.size() || low_.has(from_end));
  }

 private:
  BitSet low_;
  std::int64_t last_;
};

/// What sums of products can be when each code is anything in its range.
class ReachableSums {
 public:
  /// `codes`: what the codes of the sum's input can be; `other_codes`: those of its other input, if it has one.
  [[nodiscard]] static ReachableSums of(const Definition::Sum& sum, CodeRange codes, CodeRange other_codes);

  /// All are lowest + k * step.
  [[nodiscard]] std::int64_t lowest() const { return lowest_; }
  [[nodiscard]] std::int64_t highest() const { return highest_; }
  [[nodiscard]] std::int64_t step() const { return step_; }
  /// How many of lowest + k * step there are up to highest: at least as many as there are sums.
  [[nodiscard]] std::int64_t count() const { return (highest_ - lowest_) / step_ + 1; }
  /// Every one of those can be made.
  [[nodiscard]] bool complete() const { return complete_; }
  /// Whether another's are among those.
  [[nodiscard]] bool covers(const ReachableSums& other) const;

  /// The sums in a range that are lowest + k * step.
  [[nodiscard]] std::int64_t count_in(const DifferingRange& range) const;
  /// The first of them from `sum` on.
  [[nodiscard]] std::int64_t at_or_after(std::int64_t sum) const;

  /// Which of lowest + k * step can be made: the numbers k; nothing where that takes too long to find out.
  [[nodiscard]] std::optional<MadeAmounts> made() const;

  /// A code for each term (and for the other input's, where there is one) whose sum is `sum`; nothing where none was
  /// found: for a complete one that means there is none.
  struct Codes {
    std::vector<std::int32_t> codes, other;
  };
  [[nodiscard]] std::optional<Codes> codes_for(std::int64_t sum) const;

 private:
  /// Each term adds weight * (0..room) to the lowest sum, weight > 0.
  struct Term {
    std::int64_t weight;
    std::size_t term;  // of the sum
  };
  [[nodiscard]] std::optional<std::int64_t> made_from() const;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> amounts_for(std::int64_t rest) const;
  [[nodiscard]] std::optional<std::vector<std::int64_t>> amounts_by_table(std::int64_t rest, std::size_t terms) const;

  std::int64_t lowest_ = 0, highest_ = 0, step_ = 1, room_ = 0;
  std::int64_t base_sum_ = 0;  // where every amount is 0
  CodeRange codes_{};
  bool complete_ = true;
  std::vector<Term> terms_;          // rising weights; without those that make no difference
  std::vector<bool> falls_;          // for each of the sum's terms: its code falls where its amount rises
  std::vector<std::int32_t> other_;  // the other input's codes, if there is one
};

}  // namespace nputwin
