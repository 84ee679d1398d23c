#pragma once

#include <vector>

#include "mac/epilogue.h"
#include "session/session.h"

namespace nputwin {

/// Runs one node of session A, and B's node on A's inputs: what B makes of this node in isolation. Where both sum up
/// the same products, the sums are made once and both sides' epilogues are run on them.
class IsolatedStep {
 public:
  /// Both sessions run one model and outlive this. Compares the layers of both sides once.
  IsolatedStep(Session& a, Session& b);

  /// a.step(node), and what b.run_node(node, A's inputs, from_b) gives.
  [[nodiscard]] Status run(NodeId node, std::span<const MutableTensorView> from_b);

  /// Both sides sum up the same products in this node.
  [[nodiscard]] bool shares_sums(NodeId node) const { return epilogue_of_b_[node.index] != nullptr; }

 private:
  Session* a_;
  Session* b_;
  std::vector<const Epilogue*> epilogue_of_b_;  // by node; null: the sums differ
};

}  // namespace nputwin
