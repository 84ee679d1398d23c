#include "analysis/lint/lint.h"

#include <algorithm>
#include <set>

#include "analysis/lint/activity.h"
#include "analysis/lint/rules.h"
#include "base/suggestion.h"
#include "sides/side.h"

namespace nputwin {
namespace {

using namespace lint_rules;

constexpr RuleName kNames[] = {
#define NPUTWIN_LINT_RULE(name, finds) {#name, finds},
#include "analysis/lint/rules.inc"
#undef NPUTWIN_LINT_RULE
};
constexpr void (*kRules[])(const Context&, Findings&) = {
#define NPUTWIN_LINT_RULE(name, finds) name,
#include "analysis/lint/rules.inc"
#undef NPUTWIN_LINT_RULE
};

Status check_names(const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const RuleName& rule : kNames) known.emplace_back(rule.name);
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) == known.end())
      return error("no lint rule is called '{}'{}; `nputwin lint --help` lists them", name, did_you_mean(name, known));
  }
  return {};
}

bool chosen(const LintOptions& options, std::string_view rule) {
  const auto in = [&](const std::vector<std::string>& names) { return std::ranges::find(names, rule) != names.end(); };
  return (options.rules.empty() || in(options.rules)) && !in(options.skipped);
}

/// CPU runtimes: for each registry of ops the first profile that has it, and those of XNNPACK. The chips and the
/// definitions take every version.
std::vector<Profile> cpu_runtimes() {
  std::vector<Profile> result;
  std::set<OpRegistry> seen;
  for (const Profile& profile : builtin_profiles()) {
    if (profile.registry == OpRegistry::kNone || profile.registry == OpRegistry::kTflm) continue;
    if (seen.insert(profile.registry).second || profile.delegate == Delegate::kXnnpack) result.push_back(profile);
  }
  return result;
}

Result<std::vector<Judged>> judged_by(std::vector<Profile> profiles, const Model& model,
                                      const SessionOptions& session) {
  std::vector<Judged> result;
  for (Profile& profile : profiles) {
    SessionOptions own = session;
    if (profile.delegate == Delegate::kNone) own.on_cpu.clear();  // which is for those that have one
    NPUTWIN_ASSIGN_OR_RETURN(auto coverage, Session::coverage(model, profile, own));
    result.push_back({std::move(profile), std::move(coverage)});
  }
  return result;
}

}  // namespace

Result<std::vector<Finding>> lint(const std::shared_ptr<const Model>& model, const LintOptions& options,
                                  const Callbacks& callbacks) {
  NPUTWIN_RETURN_IF_ERROR(check_names(options.rules));
  NPUTWIN_RETURN_IF_ERROR(check_names(options.skipped));
  const bool delegates =
      std::ranges::any_of(options.profiles, [](const Profile& profile) { return profile.delegate != Delegate::kNone; });
  if (!options.session.on_cpu.empty() && !delegates)
    return error("--on-cpu: no profile of --for has a delegate, so there is nothing to keep from one");
  Context context{*model, tensor_specs(*model, options.session), {}, {}, 0, {}};
  NPUTWIN_ASSIGN_OR_RETURN(context.asked, judged_by(options.profiles, *model, options.session));
  if (context.asked.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(context.runtimes, judged_by(cpu_runtimes(), *model, options.session));
  }
  if (!options.inputs.empty()) NPUTWIN_RETURN_IF_ERROR(watch_runs(model, options, callbacks, context));
  std::vector<Finding> findings;
  for (std::size_t i = 0; i < std::size(kRules); ++i) {
    if (!chosen(options, kNames[i].name)) continue;
    Findings own(*model, kNames[i].name, findings);
    kRules[i](context, own);
  }
  std::ranges::stable_sort(findings, {}, &Finding::severity);
  return findings;
}

std::span<const RuleName> lint_rule_names() { return kNames; }

}  // namespace nputwin
