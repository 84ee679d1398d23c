#include "claims.h"

#include <algorithm>
#include <set>

#include "session/placement/placement.h"
#include "session/session.h"

namespace nputwin::delegate {
namespace {

/// Placement asks for somebody who computes the rest; that is the runtime, so whose name stands here decides nothing.
constexpr std::string_view kRest = "tflite-2.14-x86-ref";

Result<Placement> placement_of(const Options& options) {
  Profile profile;
  profile.name = options.profile.name;
  profile.delegate = options.release;
  profile.fallback = kRest;
  return Placement::of(std::move(profile), options.on_cpu);
}

/// Patterns of on_cpu that no node answers to.
void check_patterns(const RuntimeGraph& graph, const Options& options, Claims& claims) {
  for (const std::string& pattern : options.on_cpu) {
    if (auto found = check_on_cpu(graph.model(), std::vector{pattern}); !found)
      claims.notes.push_back(fmt::format("option on_cpu: no op has the type, number or output name '{}'", pattern));
  }
}

/// Nodes of the claims that the profile cannot compute, and why. What reads their outputs is looked at once they are
/// gone.
Result<std::vector<NodeCoverage>> uncomputed(RuntimeGraph& graph, const std::vector<std::size_t>& nodes,
                                             const Options& options, const SessionOptions& session) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto part, graph.part(nodes, {}));
  NPUTWIN_ASSIGN_OR_RETURN(std::vector<NodeCoverage> coverage, Session::coverage(*part, options.profile, session));
  std::erase_if(coverage, [](const NodeCoverage& c) { return c.unsupported.empty(); });
  return coverage;
}

}  // namespace

Result<Claims> claims_of(RuntimeGraph& graph, const Options& options, const SessionOptions& session) {
  NPUTWIN_ASSIGN_OR_RETURN(const Placement placement, placement_of(options));
  Claims claims;
  check_patterns(graph, options, claims);
  const std::vector<Node>& nodes = graph.graph().nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].left_out) continue;
    if (placement.rules_of(graph.graph(), graph.specs(), i, Family{}).rejection.empty()) claims.nodes.push_back(i);
  }
  while (!claims.nodes.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto refused, uncomputed(graph, claims.nodes, options, session));
    if (refused.empty()) break;
    for (const NodeCoverage& c : refused) {
      std::erase(claims.nodes, c.node.index);
      claims.notes.push_back(
          fmt::format("{} stays with the runtime: {}", node_name(c.node, nodes[c.node.index]), c.unsupported));
    }
  }
  return claims;
}

}  // namespace nputwin::delegate
