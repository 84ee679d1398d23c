#include "api/selfcheck.h"

#include "analysis/compare/diff.h"
#include "io/tflite/reader.h"
#include "session/shapes.h"

namespace nputwin::api {
namespace {

Result<Sample> one_sample(const Model& model, const SelfcheckOptions& options, const Callbacks& callbacks) {
  const std::vector<TensorSpec> specs = inputs_of(model.main(), tensor_specs(model, options.session));
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, make_inputs(specs, options.inputs, callbacks));
  return inputs.only_sample();
}

}  // namespace

Result<Selfcheck> selfcheck(const SelfcheckOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, one_sample(*model, options, callbacks));
  const auto captured = capture_runtime(options.python, *model, sample, options.mode);
  if (!captured) return in_context(fmt::format("{} on {}", options.python, model->path), captured.error());
  if (options.profile.empty() && captured->profile.empty())
    return error("no profile is known for {} {} on {}; --profile names one to compare with", captured->package,
                 captured->version, captured->machine);
  Selfcheck check;
  check.measured = !options.profile.empty() || captured->measured;
  const std::string& profile = options.profile.empty() ? captured->profile : options.profile;
  NPUTWIN_ASSIGN_OR_RETURN(check.result, diff_recorded(model, *captured, sample, profile, options.session));
  if (options.ranks || check.result.differs()) check.ranking = rank_profiles(model, *captured, sample, options.session);
  return check;
}

}  // namespace nputwin::api
