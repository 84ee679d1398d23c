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
/// arithmetic where they part. It runs the op again by rules between A's and B's (profile_path): the step that moves an
/// element from A's code towards B's is the cause. Where the two use different methods, not different rules, both are
/// held against the exact result: a tie, or the departure of the side that is not the nearest code.
class CauseFinder {
 public:
  /// The sessions run one model and outlive this. Keeps the rules between the two sides; kernels are made when elements
  /// differ and go again, so that memory does not grow with the model.
  CauseFinder(const Session& a, const Session& b) : a_(&a), b_(&b) {}

  /// One op on `inputs`: what A and B computed of output `k`. Adds every element that differs to `counts`.
  void add(NodeId node, std::span<const TensorView> inputs, std::size_t k, const TensorView& a, const TensorView& b,
           CauseCounts& counts);

  /// The cause for one element whose codes are `a` and `b`.
  [[nodiscard]] Cause cause_of(NodeId node, std::span<const TensorView> inputs, std::size_t k, std::size_t element,
                               double a, double b);

  /// One element's code after each step from A's rules to B's, B's methods holding all along. Empty where no rule of
  /// the op's lies between them.
  struct Passed {
    Cause cause;
    double code;
  };
  [[nodiscard]] std::vector<Passed> steps_of(NodeId node, std::span<const TensorView> inputs, std::size_t k,
                                             std::size_t element);

 private:
  /// The arithmetic between A's and B's for ops whose rules these are.
  struct Between;
  /// An element that differs.
  struct Element {
    std::size_t index;
    double a, b;
  };
  /// Whether `value` lies on B's side of A.
  [[nodiscard]] static bool moved(const Element& e, double value);
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

  const Session* a_;
  const Session* b_;
  // By A's profile and fallback profile, B's profile and fallback profile.
  std::map<std::array<const Profile*, 4>, std::shared_ptr<const Between>> between_;
};

}  // namespace nputwin
