#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/callbacks.h"
#include "base/enum_names.h"
#include "profile/profile.h"
#include "session/session.h"
#include "sides/input_source.h"

namespace nputwin {

/// How much a finding hurts.
enum class Severity : std::uint8_t {
  kError,    ///< the model does not run, or an op computes something else than it says
  kWarning,  ///< results will differ between devices, or precision is lost
  kNote,     ///< worth knowing
};
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<Severity> = {"error", "warning", "note"};

/// One thing in a model that will bite.
struct Finding {
  std::string_view rule;  ///< LintRule::name
  Severity severity = Severity::kNote;
  std::optional<NodeId> node;  ///< nothing: it is said of the file
  std::string op;              ///< the node's
  std::string tensor;          ///< the name of the tensor that is meant; empty: none
  std::string profile;         ///< of whom it is said; empty: of whoever runs the model
  std::string reason, fix;     ///< a sentence each, without full stop
};

struct LintOptions {
  std::vector<Profile> profiles;  ///< who is to run the model; none: what holds for whoever does
  SessionOptions session;
  std::vector<InputArgument> inputs;  ///< none: nothing is run
  std::vector<std::string> rules;     ///< only these; none: all
  std::vector<std::string> skipped;
};

/// What all rules find, the worst first, of one severity in the order of rules.inc. An error where an input cannot be
/// read or no rule has a name.
[[nodiscard]] Result<std::vector<Finding>> lint(const std::shared_ptr<const Model>& model, const LintOptions& options,
                                                const Callbacks& callbacks = {});

/// A rule's name and what it finds, for --help.
struct RuleName {
  std::string_view name, finds;
};
[[nodiscard]] std::span<const RuleName> lint_rule_names();

}  // namespace nputwin
