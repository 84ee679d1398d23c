#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "analysis/explain/profile_path.h"
#include "mac/mac_kernel.h"
#include "session/session.h"

namespace nputwin {

/// One op of B's model by some rules, made ready once.
struct NodeArithmetic {
  std::shared_ptr<const Kernel> kernel;      ///< null where only the codes of the sums differ from B's own kernel
  std::shared_ptr<const Epilogue> epilogue;  ///< then: what makes codes of the sums that B's kernel adds up

  /// Of a multiply-accumulate layer: the kernel that adds up its sums, `of_b` where it has none of its own. Else null.
  [[nodiscard]] const MacKernel* summing(const Kernel* of_b) const;
  /// What makes codes of those sums.
  [[nodiscard]] const Epilogue& epilogue_of(const MacKernel& summing) const {
    return epilogue != nullptr ? *epilogue : summing.epilogue();
  }
};

/// One op's way from A's rules to B's (ProfilePath).
struct NodePath {
  using Arithmetic = std::optional<NodeArithmetic>;  ///< nothing where the op refuses the rules
  struct Step {
    Cause cause;
    Arithmetic after;
    bool changes = true;                    ///< false: what the step before that is not refused gives, for all inputs
    std::array<Arithmetic, 2> roundings{};  ///< of second roundings: both sides, whose registers may overflow
  };
  Arithmetic start;
  std::vector<Step> steps;
  Arithmetic up, down;  ///< exact, ties going up and down
};

/// The paths of all ops between two sessions, each made when it is first asked for and kept, so that nothing is
/// prepared anew for each sample. Several threads may ask.
class NodePaths {
 public:
  /// The sessions run one model and outlive this.
  NodePaths(const Session& a, const Session& b) : a_(&a), b_(&b) {}

  [[nodiscard]] std::shared_ptr<const NodePath> of(NodeId node);

 private:
  /// The arithmetic between A's and B's for ops whose rules these are.
  struct Between {
    ProfilePath path;
    /// For what B's delegate rejects: the methods of B's fallback profile with the rules of A's.
    Profile fallback_start;
    Profile up, down;
  };
  /// Kernels that are kept at most: a table of all pairs of codes has 64 KiB.
  static constexpr std::size_t kMostKernels = 1024;

  [[nodiscard]] const Between& between(NodeId node);
  [[nodiscard]] std::shared_ptr<const NodePath> make(NodeId node);
  /// B's node by other rules. `fallback` counts where B has a fallback profile.
  [[nodiscard]] NodePath::Arithmetic arithmetic(NodeId node, const Profile& profile, const Profile* fallback) const;

  const Session* a_;
  const Session* b_;
  std::mutex mutex_;
  // By A's profile and fallback profile, B's profile and fallback profile.
  std::map<std::array<const Profile*, 4>, std::unique_ptr<const Between>> between_;
  std::map<std::size_t, std::shared_ptr<const NodePath>> paths_;  // by node
  std::size_t kernels_ = 0;                                       // in paths_
};

}  // namespace nputwin
