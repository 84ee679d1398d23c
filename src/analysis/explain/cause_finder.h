#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "analysis/explain/cause.h"
#include "analysis/explain/profile_path.h"
#include "mac/mac_kernel.h"
#include "session/node_runner.h"

namespace nputwin {

/// Puts elements of one op's outputs that two sessions compute differently from equal inputs down to the step of the
/// arithmetic where they part. It runs the op again by rules between A's and B's (profile_path): the first step that
/// moves an element from A's code is the cause. Where methods move it and not rules, both sides are held against the
/// exact result: a tie, or the departure of the side that is not the nearest code.
class CauseFinder {
 public:
  /// The sessions run one model and outlive this. Keeps the rules between the two sides; kernels are made when elements
  /// differ and go again, so that memory does not grow with the model.
  CauseFinder(const Session& a, const Session& b) : a_(&a), b_(&b) {}

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
  /// The arithmetic between A's and B's for ops whose rules these are.
  struct Between;
  /// An element that differs.
  struct Element {
    std::size_t index;
    double a, b;
  };
  void find(NodeId node, std::span<const TensorView> inputs, std::size_t k, std::vector<Element> open,
            CauseCounts& counts);
  void by_exact_result(NodeId node, std::span<const TensorView> inputs, std::size_t k, const std::vector<Element>& open,
                       bool few, CauseCounts& counts);
  [[nodiscard]] const Between& between(NodeId node);
  /// One op's output `k` by other rules, to be asked about single elements.
  class Codes {
   public:
    /// `one_by_one`: its kernel adds up products and computes each element when it is asked for; else the op runs
    /// whole. Nothing where the op does not allow the inputs' values.
    [[nodiscard]] static std::optional<Codes> of(NodeRunner runner, std::span<const TensorView> inputs, std::size_t k,
                                                 bool one_by_one);
    [[nodiscard]] double at(std::size_t element) const;
    /// Whether the element's sum leaves 32 bits in `two_step`'s shift to the left.
    [[nodiscard]] bool shifts_too_far(std::size_t element) const;

   private:
    explicit Codes(NodeRunner runner) : runner_(std::move(runner)) {}

    NodeRunner runner_;
    RunContext context_;
    const MacKernel* mac_ = nullptr;
    TensorView made_;  // without mac_
  };
  /// B's node by other rules; nothing where the op refuses them. `fallback` counts where B has a fallback profile.
  /// `few` elements are to be asked for: one by one, where the op can.
  [[nodiscard]] std::optional<Codes> codes(NodeId node, const Profile& profile, const Profile* fallback,
                                           std::span<const TensorView> inputs, std::size_t k, bool few) const;

  /// A step on the way from A's rules to B's as it is for single elements: a second rounding whose sum is shifted out
  /// of its register is an overflow.
  class StepCause {
   public:
    StepCause(const CauseFinder& finder, const Between& between, std::size_t step, NodeId node,
              std::span<const TensorView> inputs, std::size_t k);
    [[nodiscard]] Cause of(std::size_t element) const;

   private:
    Cause cause_;
    std::vector<Codes>
        two_steps_;  ///< layers before and behind the step, where it takes a second rounding away or back
  };

  const Session* a_;
  const Session* b_;
  // By A's profile and fallback profile, B's profile and fallback profile.
  std::map<std::array<const Profile*, 4>, std::shared_ptr<const Between>> between_;
};

}  // namespace nputwin
