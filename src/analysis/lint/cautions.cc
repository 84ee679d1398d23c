// What a profile says a reader of an op's results must know.

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void cautions(const Context& context, Findings& findings) {
  for (const Judged& judged : context.asked) {
    for (const NodeCoverage& c : judged.coverage) {
      if (c.caution.empty()) continue;
      const std::size_t fix = c.caution.rfind("; ");
      findings
          .add(Severity::kWarning, c.node, -1, c.caution.substr(0, fix),
               fix == std::string::npos ? "compare with captures of the device" : c.caution.substr(fix + 2))
          .profile = judged.profile.name;
    }
  }
}

}  // namespace nputwin::lint_rules
