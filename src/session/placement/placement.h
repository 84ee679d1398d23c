#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/model.h"
#include "profile/profile.h"

namespace nputwin {

/// Who computes what: a profile whose delegate takes nodes, the profile that computes what it leaves, and so on.
class Placement {
 public:
  /// `on_cpu`: patterns of nodes that the first delegate shall leave, each an op's name (CONV_2D), its index, or the
  /// name of its first output; * and ? stand for any characters. The error names a fallback that does not exist, or
  /// says that a profile without a delegate leaves nothing.
  [[nodiscard]] static Result<Placement> of(Profile profile, std::vector<std::string> on_cpu);

  /// Whose rules hold for a node.
  struct Rules {
    const Profile* profile = nullptr;
    /// Set where ops themselves still leave something to the runtime (XNNPACK).
    const Profile* fallback = nullptr;
    /// `profile` stands in, as the user said, for one that does not know the family.
    bool substitute = false;
    /// Why the first delegate leaves the node; empty: it takes it, or there is none.
    std::string left;
  };
  /// `specs`: the graph's tensors as known so far; `family`: of the node's rule.
  [[nodiscard]] Rules rules_of(const Graph& graph, std::span<const TensorSpec> specs, std::size_t node,
                               Family family) const;

 private:
  [[nodiscard]] Rules rules_by_delegate(const Graph& graph, std::span<const TensorSpec> specs, std::size_t node) const;

  struct Substitute {
    std::string whose;
    Family family;
    Profile profile;
  };
  std::vector<Profile> chain_;  // each is the fallback of the one before
  std::vector<Substitute> substitutes_;
  std::vector<std::string> on_cpu_;
};

/// TFLite's partitions of a graph in the order in which they run, each a list of nodes: as many nodes of one side as
/// can be reached, then of the other (graph_info.cc, PartitionGraphIntoIndependentNodeSubsets). `taken`: for each node
/// whether the delegate takes it.
[[nodiscard]] std::vector<std::vector<std::size_t>> partitions(const Graph& graph, const std::vector<bool>& taken);

}  // namespace nputwin
