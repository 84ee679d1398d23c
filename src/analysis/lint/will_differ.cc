// Families of the model that two profiles compute differently, found by sampling as `profiles compare` does: random
// uses of each op, not this model's.

#include <map>

#include "analysis/lint/rules.h"
#include "analysis/probe/profile_comparison.h"

namespace nputwin::lint_rules {
namespace {

/// The nodes of each family and element type that both profiles compute.
std::map<std::pair<Family, DType>, std::vector<std::size_t>> computed_by_both(const Context& context, const Judged& a,
                                                                              const Judged& b) {
  std::map<std::pair<Family, DType>, std::vector<std::size_t>> nodes;
  for (std::size_t i = 0; i < a.coverage.size(); ++i) {
    const Node& node = context.model.main().nodes[i];
    const auto runs = [](const NodeCoverage& c) { return c.unsupported.empty() && !c.unreached; };
    if (!runs(a.coverage[i]) || !runs(b.coverage[i]) || node.outputs.empty()) continue;
    const DType type = context.specs[static_cast<std::size_t>(node.outputs[0])].type;
    if (a.coverage[i].evidence.family == b.coverage[i].evidence.family)
      nodes[{a.coverage[i].evidence.family, type}].push_back(i);
  }
  return nodes;
}

void compare_families(const Context& context, const Judged& a, const Judged& b, Findings& findings) {
  std::map<std::pair<Family, DType>, DifferenceStats> sampled;
  constexpr int kModels = 10;
  for (const SampledDifference& s : compare_profiles(a.profile, b.profile, {kModels, 1}).sampled)
    sampled[{s.sample->family(), s.sample->type}].merge(s.stats);
  for (const auto& [key, nodes] : computed_by_both(context, a, b)) {
    const auto found = sampled.find(key);
    if (found == sampled.end() || found->second.mismatches() == 0) continue;
    findings
        .add(Severity::kWarning, nodes.front(), -1,
             fmt::format("{} will differ in {}: {:.2g} % of the numbers of random uses do", name(key.first),
                         ops_text(nodes), 100 * found->second.mismatch_rate()),
             "compare on inputs of yours: nputwin diff; if it matters, choose the runtime whose rules are the device's")
        .profile = fmt::format("{} and {}", a.profile.name, b.profile.name);
  }
}

}  // namespace

void will_differ(const Context& context, Findings& findings) {
  for (std::size_t i = 1; i < context.asked.size(); ++i)
    compare_families(context, context.asked.front(), context.asked[i], findings);
}

}  // namespace nputwin::lint_rules
