#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/model.h"
#include "profile/families/family.h"

namespace nputwin {

struct Profile;

/// Who computes what: a profile whose delegate claims nodes, its fallback profile for what the delegate rejects, and so
/// on. Copies share the profiles.
class Placement {
 public:
  /// `on_cpu`: patterns of nodes that the first delegate must not claim, each an op's name (CONV_2D), its index, or the
  /// name of its first output; * and ? stand for any characters. The error names a fallback profile that does not
  /// exist, or says that a profile which is no chip with a runtime behind it has no op to move.
  [[nodiscard]] static Result<Placement> of(Profile profile, std::vector<std::string> on_cpu);

  /// Whose rules hold for a node; the profiles live as long as the placement or a copy of it.
  struct Rules {
    const Profile* profile = nullptr;
    /// The fallback profile where ops themselves find that the delegate rejects them (XNNPACK), else null.
    const Profile* fallback = nullptr;
    /// `profile` is the user's override of one that does not know the family.
    bool overridden = false;
    /// Why the first delegate rejects the node; empty: it claims it, or there is none.
    std::string rejection;
  };
  /// `specs`: the graph's tensors as known so far; `family`: of the node's rule.
  [[nodiscard]] Rules rules_of(const Graph& graph, std::span<const TensorSpec> specs, std::size_t node,
                               Family family) const;

  /// The first profile, whose delegate claims nodes.
  [[nodiscard]] const Profile& profile() const;

  /// Whether the runtime, with or without a delegate, starts a model with this node: its resolver has the op's version;
  /// TensorFlow Lite Micro's kernel takes its operands.
  [[nodiscard]] Status starts_with(const Graph& graph, const Node& node) const;

 private:
  struct Profiles;
  [[nodiscard]] Rules rules_by_delegate(const Graph& graph, std::span<const TensorSpec> specs, std::size_t node) const;

  std::shared_ptr<const Profiles> profiles_;
  std::vector<std::string> on_cpu_;
};

/// Fails where a pattern of `on_cpu`, as of Placement::of, matches no op of the model.
[[nodiscard]] Status check_on_cpu(const Model& model, std::span<const std::string> on_cpu);

/// TFLite's partitions of a graph in the order in which they run, each a list of nodes: as many nodes of one side as
/// can be reached, then of the other (graph_info.cc, PartitionGraphIntoIndependentNodeSubsets). `claimed`: for each
/// node whether the delegate claims it.
[[nodiscard]] std::vector<std::vector<std::size_t>> partitions(const Graph& graph, const std::vector<bool>& claimed);

}  // namespace nputwin
