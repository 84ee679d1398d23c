#pragma once

#include <optional>
#include <vector>

#include "analysis/cause.h"
#include "analysis/profile_path.h"
#include "graph/node_runner.h"

namespace nputwin {

/// Puts elements of one op's outputs that two sessions compute differently from equal inputs down to the step of the
/// arithmetic where they part. It runs the op again by rules between A's and B's (profile_path): the step that moves an
/// element from A's code towards B's is the cause. Where the two use different methods, not different rules, both are
/// held against the exact result: a tie, or the departure of the side that is not the nearest code.
class CauseFinder {
 public:
  /// The sessions run one model and outlive this. Nothing is prepared before elements differ.
  CauseFinder(const Session& a, const Session& b, std::size_t node) : a_(&a), b_(&b), node_(node) {}

  /// One op on `inputs`: what A and B computed of output `k`. Adds every element that differs to `counts`.
  void add(std::span<const TensorView> inputs, std::size_t k, const TensorView& a, const TensorView& b,
           CauseCounts& counts);

  /// The cause for one element whose codes are `a` and `b`.
  [[nodiscard]] Cause cause_of(std::span<const TensorView> inputs, std::size_t k, std::size_t element,
                               double a, double b);

  /// One element's code after each step from A's rules to B's, B's methods holding all along. Empty where no rule of the
  /// op's lies between them.
  struct Passed {
    Cause cause;
    double code;
  };
  [[nodiscard]] std::vector<Passed> steps_of(std::span<const TensorView> inputs, std::size_t k,
                                             std::size_t element);

 private:
  struct Step {
    Cause cause;
    NodeRunner runner;
  };
  /// An element that differs.
  struct Element {
    std::size_t index;
    double a, b;
  };
  /// Whether `value` lies on B's side of A.
  [[nodiscard]] static bool moved(const Element& e, double value);
  void find(std::span<const TensorView> inputs, std::size_t k, std::vector<Element> open,
            CauseCounts& counts);
  void prepare();
  [[nodiscard]] std::optional<NodeRunner> runner(const Profile& profile, const Profile* fallback) const;
  [[nodiscard]] Cause by_exact_result(double a, double b, std::optional<double> down,
                                      std::optional<double> up) const;

  const Session* a_;
  const Session* b_;
  std::size_t node_;
  bool prepared_ = false;
  std::optional<NodeRunner> start_;      // B's methods with A's rules
  std::vector<Step> steps_;              // from there to B
  std::optional<NodeRunner> down_, up_;  // the exact result, ties going down and up
  Cause departure_a_ = Cause::kSubstitution, departure_b_ = Cause::kSubstitution;
};

}  // namespace nputwin
