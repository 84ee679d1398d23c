#pragma once

#include <vector>

#include "mac/epilogue.h"
#include "session/session.h"

namespace nputwin {

/// Runs one node of session A, and B's node on A's inputs: what B makes of this node in isolation. Where both sum up
/// the same products, the sums are made once and both sides' epilogues are run on them.
class IsolatedStep {
 public:
  /// Both sessions run one model and outlive this. Compares the kernels of both sides once.
  IsolatedStep(Session& a, Session& b);

  /// a.step(node), and what b.run_node(node, A's inputs, from_b) gives.
  [[nodiscard]] Status run(NodeId node, std::span<const MutableTensorView> from_b);

  /// A new sample: both sessions have got equal inputs, and their variables their first values.
  void begin();
  /// The node's inputs are the same on both sides, byte for byte, so that B's own step is what it does in isolation. Of
  /// nodes that have been stepped from begin() on, in order, by step_both() or by run() and B's step, with compare().
  [[nodiscard]] bool inputs_are_equal(NodeId node) const;
  /// Then: a.step(node) and b.step(node).
  [[nodiscard]] Status step_both(NodeId node);
  /// After both sides' steps: sees what of the node's outputs and variables is not equal.
  void compare(NodeId node);

  /// Both sides sum up the same products in this node.
  [[nodiscard]] bool shares_sums(NodeId node) const { return epilogue_of_b_[node.index] != nullptr; }

 private:
  /// B's outputs are A's, which has just made them.
  void copy_outputs(NodeId node, std::span<const MutableTensorView> from_b) const;
  /// A's step with B's codes of the same sums.
  void run_shared(NodeId node, std::span<const MutableTensorView> from_b) const;

  Session* a_;
  Session* b_;
  std::vector<const Epilogue*> epilogue_of_b_;  // by node; null: the sums differ
  std::vector<bool> same_kernel_;               // by node: one function of the inputs, and no variables
  std::vector<bool> differs_;                   // by tensor, in the sample at hand
};

}  // namespace nputwin
