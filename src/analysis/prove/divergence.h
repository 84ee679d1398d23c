#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "analysis/prove/op_proof.h"

namespace nputwin {

/// From where to where B's value less A's can be: in steps for codes.
struct Spread {
  double lo = 0, hi = 0;
  [[nodiscard]] bool none() const { return lo == 0 && hi == 0; }
  [[nodiscard]] double largest() const { return std::max(hi, -lo); }
  void include(const Spread& other) { lo = std::min(lo, other.lo), hi = std::max(hi, other.hi); }
  bool operator==(const Spread&) const = default;
};

/// How far the two sides can be from each other in one tensor.
class Divergence {
 public:
  /// One for all of the tensor's elements.
  explicit Divergence(Spread all = {}) : places_{all}, hull_(all) {}
  /// For each place along its last axis.
  explicit Divergence(std::vector<Spread> places);
  /// For all elements together: how many at most differ by how much, B less A.
  explicit Divergence(const std::map<std::int64_t, std::int64_t>& most);

  [[nodiscard]] bool is_one() const { return places_.size() == 1; }
  [[nodiscard]] std::int64_t places() const { return static_cast<std::int64_t>(places_.size()); }
  [[nodiscard]] const Spread& at(std::int64_t element) const {
    return places_[static_cast<std::size_t>(element % places())];
  }
  /// What a sum of some elements' differences, each times a weight, can be at most, whichever of the elements they are.
  /// Nothing: their number is not known. `falling`: the positive weights and the negative ones without their sign, the
  /// largest first.
  [[nodiscard]] std::optional<Spread> weighted(const std::array<std::vector<std::int64_t>, 2>& falling) const;
  /// Of all elements.
  [[nodiscard]] const Spread& hull() const { return hull_; }
  /// The values are never further apart than `most`.
  void limit(double most);

 private:
  /// Elements that differ by the same.
  struct Count {
    double difference;  // without its sign
    std::int64_t elements;
  };
  std::vector<Spread> places_;
  Spread hull_;
  bool counted_ = false;
  std::vector<Count> positive_, negative_;  // where they are counted, the largest first
};

/// One op of two sides, and what is known of it.
struct OpOfTwo {
  const Kernel &a, &b;
  const RunContext &context_a, &context_b;
  std::span<const Codes> codes;  ///< of each input
  const OpProof& proof;
};

/// How far output 0 of the two sides can be apart where their inputs are as far apart as `inputs` says, for each input:
/// by interval arithmetic, sums by their thresholds. Nothing: the op's elements have no definition that both sides
/// share, or too many values to go through.
[[nodiscard]] std::optional<Divergence> divergence_of(const OpOfTwo& op, std::span<const Divergence> inputs);

}  // namespace nputwin
