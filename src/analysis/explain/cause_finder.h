#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "analysis/explain/cause.h"
#include "analysis/explain/node_paths.h"

namespace nputwin {

/// Puts elements of one op's outputs that two sessions compute differently from equal inputs down to the step of the
/// arithmetic where they part. It runs the op again by rules between A's and B's (profile_path): the first step that
/// moves an element from A's code is the cause. Where methods move it and not rules, both sides are held against the
/// exact result: a tie, or the departure of the side that is not the nearest code.
class CauseFinder {
 public:
  /// The sessions run one model and outlive this. The arithmetic on the way is made for an op when its elements first
  /// differ, and kept.
  CauseFinder(const Session& a, const Session& b) : CauseFinder(a, b, std::make_shared<NodePaths>(a, b)) {}
  /// With paths that are shared with other sessions of the same two sides, which those may use at the same time.
  CauseFinder(const Session& a, const Session& b, std::shared_ptr<NodePaths> paths)
      : a_(&a), b_(&b), paths_(std::move(paths)) {}
  [[nodiscard]] const std::shared_ptr<NodePaths>& paths() const { return paths_; }

  /// One op on `inputs`: what A and B computed of output `k`. Adds every element that differs to `counts`.
  void add(NodeId node, std::span<const TensorView> inputs, std::size_t k, const TensorView& a, const TensorView& b,
           CauseCounts& counts);

  /// One element's code after each step from A's arithmetic to B's.
  struct Passed {
    Cause cause;
    double code;
    bool by_method = false;  ///< B's methods with A's rules, not a rule
  };
  /// From code `a` to code `b`, where the last step ends: first B's methods, then its rules, one by one. The first step
  /// whose code is not `a` is the cause.
  [[nodiscard]] std::vector<Passed> steps_of(NodeId node, std::span<const TensorView> inputs, std::size_t k,
                                             std::size_t element, double a, double b);
  /// The first of such steps that moves the code `a`.
  [[nodiscard]] static std::optional<Cause> first_cause(std::span<const Passed> steps, double a);

 private:
  /// An element that differs.
  struct Element {
    std::size_t index;
    double a, b;
    std::int64_t sum = 0;  ///< of B's kernel, where one adds up products
  };
  /// The op at hand: what is asked about it, and the sums and codes that all of its steps share.
  class Op;
  /// The op's output by one arithmetic, to be asked about single elements.
  class Codes;
  void find(Op& op, std::vector<Element> open, CauseCounts& counts);
  void by_exact_result(Op& op, const std::vector<Element>& open, CauseCounts& counts) const;
  [[nodiscard]] static Cause cause_of(const Op& op, const NodePath::Step& step, const Element& element);

  const Session* a_;
  const Session* b_;
  std::shared_ptr<NodePaths> paths_;
};

}  // namespace nputwin
