#pragma once

#include <string>

#include "api/diff.h"

namespace nputwin::api {

/// `text` as a shell reads it back: in single quotes where it must be.
[[nodiscard]] std::string quoted(const std::string& text);

/// " --input …" for each source.
[[nodiscard]] std::string inputs_text(const std::vector<InputArgument>& arguments);
/// " --shape …" and " --on-cpu …", as far as they are set.
[[nodiscard]] std::string session_text(const SessionOptions& options);

/// "MODEL --a … --b …" and all options that the result depends on.
[[nodiscard]] std::string comparison_text(const DiffOptions& options);

/// The command that explains the first element of a layer that differs in isolation; empty where none does, and where
/// nothing explains the op.
[[nodiscard]] std::string explain_command(const DiffOptions& options, const DiffResult& result, const LayerDiff& layer);
/// The command that explains the first element that differs in isolation; empty where none does. A runtime's reference
/// profile stands for it; of other captures the command shows what the other side computes.
[[nodiscard]] std::string explain_command(const DiffOptions& options, const DiffResult& result);

}  // namespace nputwin::api
