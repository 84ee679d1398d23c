#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analysis/compare/movement.h"
#include "analysis/lint/lint.h"

namespace nputwin::lint_rules {

/// A profile, and how it would compute each op of the main graph.
struct Judged {
  Profile profile;
  std::vector<NodeCoverage> coverage;
};

/// What ran shows of one tensor.
struct Activity {
  std::int64_t elements = 0, lowest = 0, highest = 0;  ///< of all samples: how many are at each end of the type's range
  Movement movement;
};

/// What a rule sees.
struct Context {
  const Model& model;
  std::vector<TensorSpec> specs;   ///< of the main graph's tensors, with the shapes that they have in a run
  std::vector<Judged> asked;       ///< LintOptions::profiles
  std::vector<Judged> runtimes;    ///< where none are asked: CPU runtimes, one for each of their registries
  std::size_t samples = 0;         ///< that were run; 0: none
  std::map<int, Activity> active;  ///< by tensor of the main graph, of graph inputs and what ops made

  /// All of these cannot run the node; where none are asked, the runtimes.
  [[nodiscard]] bool refused(NodeId node) const;
};

/// Where rules put what they find.
class Findings {
 public:
  Findings(const Model& model, std::string_view rule, std::vector<Finding>& all)
      : model_(model), rule_(rule), all_(all) {}

  /// `tensor`: an index in the node's graph; -1: none is meant.
  Finding& add(Severity severity, NodeId node, int tensor, std::string reason, std::string fix);
  /// Of the file.
  Finding& add(Severity severity, std::string reason, std::string fix);
  /// A rule that stands earlier has a warning or an error of the node.
  [[nodiscard]] bool said_of(NodeId node) const;

 private:
  const Model& model_;
  std::string_view rule_;
  std::vector<Finding>& all_;
};

/// Calls f(id, graph, node) for every node of every graph.
template <typename F>
void each_node(const Model& model, F&& f) {
  for (std::size_t g = 0; g < model.graphs.size(); ++g) {
    for (std::size_t i = 0; i < model.graphs[g].nodes.size(); ++i)
      f(NodeId(static_cast<int>(g), i), model.graphs[g], model.graphs[g].nodes[i]);
  }
}

/// "3 of 32 channels", "all 32 channels", "the one channel".
[[nodiscard]] std::string channels_text(std::size_t some, std::size_t all);

/// "ops 3 to 7, 9 and 11", or "op 3".
[[nodiscard]] std::string ops_text(const std::vector<std::size_t>& nodes);

/// Of codes: int8, uint8 or int16.
[[nodiscard]] bool is_codes(DType type);

}  // namespace nputwin::lint_rules
