// Families whose rule is only assumed of a profile: what it computes of them may differ from the device.

#include <map>

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void assumed_rules(const Context& context, Findings& findings) {
  for (const Judged& judged : context.asked) {
    std::map<Family, std::vector<std::size_t>> assumed;
    for (const NodeCoverage& c : judged.coverage) {
      if (c.unsupported.empty() && !c.unreached && c.evidence.confidence == Confidence::kAssumed)
        assumed[c.evidence.family].push_back(c.node.index);
    }
    for (const auto& [family, nodes] : assumed) {
      findings
          .add(Severity::kNote, nodes.front(), -1,
               fmt::format("the rule of {} is only assumed of this profile: {}", name(family), ops_text(nodes)),
               "capture these outputs on the device and compare them with the profile (nputwin diff)")
          .profile = judged.profile.name;
    }
  }
}

}  // namespace nputwin::lint_rules
