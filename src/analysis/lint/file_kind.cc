// Files that no integer device runs. What kinds there are: model/file_kind.h.

#include "model/file_kind.h"

#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void file_kind(const Context& context, Findings& findings) {
  const FileKind kind = nputwin::file_kind(context.model);
  if (kind.name.empty()) return;
  // The sentence ends with what to do about it.
  const std::size_t end = kind.sentence.rfind(". ");
  findings.add(kind.name == "mixed" ? Severity::kWarning : Severity::kError,
               fmt::format("the file {}", kind.sentence.substr(0, end)), kind.sentence.substr(end + 2));
}

}  // namespace nputwin::lint_rules
