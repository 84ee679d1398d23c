#include "api/lint.h"

#include "api/command_text.h"
#include "io/tflite/reader.h"
#include "profile/variant.h"

namespace nputwin::api {
namespace {

/// What to do with the findings: see what two profiles' differences come to, see one profile's reasons, name profiles.
std::string next_command(const LintOptions& options) {
  const std::string model = quoted(options.model.path);
  const auto& profiles = options.profiles;
  if (profiles.empty())
    return fmt::format("{} lint {} --for tflite-2.9.1-arm64 --for vip-v8{}", options.program, model,
                       inputs_text(options.inputs));
  if (profiles.size() == 1)
    return fmt::format("{} inspect {} --profile {}{}", options.program, model, quoted(profiles[0]),
                       session_text(options.session));
  const std::string inputs = options.inputs.empty() ? " --input noise:1" : inputs_text(options.inputs);
  return fmt::format("{} diff {} --a {} --b {}{}{}", options.program, model, quoted(profiles[0]), quoted(profiles[1]),
                     inputs, session_text(options.session));
}

}  // namespace

Result<Linted> lint(const LintOptions& options, const Callbacks& callbacks) {
  Linted linted;
  nputwin::LintOptions own{{}, options.session, options.inputs, options.rules, options.skipped};
  for (const std::string& text : options.profiles) {
    NPUTWIN_ASSIGN_OR_RETURN(Profile profile, resolve_profile(text));
    linted.profiles.push_back(profile.name);
    own.profiles.push_back(std::move(profile));
  }
  NPUTWIN_ASSIGN_OR_RETURN(linted.model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(linted.findings, nputwin::lint(linted.model, own, callbacks));
  linted.next = next_command(options);
  return linted;
}

}  // namespace nputwin::api
