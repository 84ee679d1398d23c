// Ops that cannot run: by the profiles asked for; where none are, by releases of CPU runtimes. The reasons are those
// that `inspect` shows.

#include <algorithm>

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {
namespace {

constexpr const char* kOtherProfile =
    "use another op, type or version there, or a profile that has it (nputwin inspect)";

void by_profile(const Judged& judged, Findings& findings) {
  for (const NodeCoverage& c : judged.coverage) {
    if (c.unsupported.empty()) continue;
    const bool unknown = c.evidence.confidence == Confidence::kUnknown && !c.profile.empty();
    findings
        .add(Severity::kError, c.node, -1, c.unsupported,
             unknown ? "capture the device's outputs and compare with these" : kOtherProfile)
        .profile = judged.profile.name;
  }
}

void by_releases(const Context& context, NodeId node, Findings& findings) {
  std::vector<const Judged*> refuse;
  for (const Judged& judged : context.runtimes) {
    if (!judged.coverage[node.index].unsupported.empty()) refuse.push_back(&judged);
  }
  if (refuse.empty()) return;
  if (refuse.size() == context.runtimes.size()) {
    // The newest comes nearest to running it.
    const std::string& why = refuse.back()->coverage[node.index].unsupported;
    if (!findings.said_of(node))
      findings.add(Severity::kError, node, -1, "no runtime computes it: " + why, kOtherProfile);
    return;
  }
  std::string names;
  constexpr std::size_t kMost = 3;
  for (std::size_t i = 0; i < std::min(kMost, refuse.size()); ++i)
    names += fmt::format("{}{}", i > 0 ? ", " : "", refuse[i]->profile.name);
  if (refuse.size() > kMost) names += fmt::format(" and {} more", refuse.size() - kMost);
  findings.add(Severity::kNote, node, -1,
               fmt::format("{} of {} CPU runtimes cannot run it ({}): {}", refuse.size(), context.runtimes.size(),
                           names, refuse.front()->coverage[node.index].unsupported),
               "check the one that you deploy: --for PROFILE");
}

}  // namespace

void refused(const Context& context, Findings& findings) {
  for (const Judged& judged : context.asked) by_profile(judged, findings);
  if (context.runtimes.empty()) return;
  for (std::size_t i = 0; i < context.model.main().nodes.size(); ++i) by_releases(context, i, findings);
}

}  // namespace nputwin::lint_rules
