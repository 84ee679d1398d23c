// Ops that a delegate leaves to the runtime's own kernels. On an NPU each such place also ends a partition.

#include <algorithm>

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {
namespace {

/// Ops that are left for one reason.
struct Left {
  std::string why;
  std::vector<std::size_t> nodes;
};

std::vector<Left> left_by(const std::vector<NodeCoverage>& coverage) {
  std::vector<Left> all;
  for (const NodeCoverage& c : coverage) {
    if (c.rejection.empty()) continue;
    auto same = std::ranges::find(all, c.rejection, &Left::why);
    if (same == all.end()) same = all.insert(same, {c.rejection, {}});
    same->nodes.push_back(c.node.index);
  }
  return all;
}

}  // namespace

void left_on_cpu(const Context& context, Findings& findings) {
  for (const Judged& judged : context.asked) {
    const bool npu = vx_release(judged.profile.delegate) != nullptr;
    for (const Left& left : left_by(judged.coverage)) {
      findings
          .add(npu ? Severity::kWarning : Severity::kNote, left.nodes.front(), -1,
               fmt::format("{} {} left to {}: {}", ops_text(left.nodes), left.nodes.size() == 1 ? "is" : "are",
                           npu ? "the CPU" : "the runtime's own kernels", left.why),
               npu ? "use ops that the delegate takes (nputwin inspect shows the partitions)"
                   : "nothing, if the runtime's own kernels will do")
          .profile = judged.profile.name;
    }
  }
}

}  // namespace nputwin::lint_rules
