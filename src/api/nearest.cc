#include "api/nearest.h"

#include <algorithm>
#include <array>

#include "api/command_text.h"
#include "profile/profile.h"
#include "profile/variant.h"
#include "tensor/copy_of.h"

namespace nputwin::api {
namespace {

/// Whether a profile is a CPU runtime's: RUNTIME-VERSION-ARCHITECTURE[-MODE], as such profiles are called.
bool is_runtime(const Profile& profile) {
  const bool names_processor =
      profile.name.find("-arm64") != std::string::npos || profile.name.find("-x86") != std::string::npos;
  return names_processor && vx_release(profile.delegate) == nullptr;  // a placement names its CPU too
}

/// The CPU builds that a board can have as they come, in no mode that somebody has to ask for: of each kind (TensorFlow
/// Lite's wheels, its build with ruy, LiteRT) the newest, since older ones of a kind differ from it in few rules.
std::vector<std::string> builds_for_boards() {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kKinds = {
      {{"litert-", "-arm64"}, {"tflite-", "-arm64-ruy"}, {"tflite-", "-arm64"}}};
  std::vector<std::string> names;
  for (const auto& [package, build] : kKinds) {
    std::string newest;
    for (const Profile& profile : builtin_profiles()) {  // from old to new
      if (profile.name.starts_with(package) && profile.name.ends_with(build)) newest = profile.name;
    }
    names.push_back(std::move(newest));
  }
  return names;
}

/// The model's outputs by one profile.
Result<std::vector<Tensor>> outputs_of(const DiffOptions& options, const std::shared_ptr<const Model>& model,
                                       std::span<const Tensor> sample, const std::string& profile) {
  NPUTWIN_ASSIGN_OR_RETURN(Profile resolved, resolve_profile(profile));
  SessionOptions session_options = options.sides.session;
  if (resolved.delegate == Delegate::kNone) session_options.on_cpu.clear();
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(model, std::move(resolved), session_options));
  NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
  NPUTWIN_RETURN_IF_ERROR(session.run());
  std::vector<Tensor> outputs;
  for (std::size_t k = 0; k < session.graph().outputs.size(); ++k) {
    const TensorView view = session.output(k);
    if (view.present()) outputs.push_back(copy_of(view));
  }
  return outputs;
}

std::int64_t differing(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  std::int64_t values = 0;
  for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k) {
    DifferenceStats stats;
    stats.add(a[k].view(), b[k].view(), 0);
    values += stats.mismatches();
  }
  return values;
}

}  // namespace

std::optional<Advice> nearest_cpu(const DiffOptions& options, const Diffed& diffed, std::span<const Tensor> sample,
                                  const Callbacks& callbacks) {
  if (is_recording(options.a) || is_recording(options.b)) return std::nullopt;
  const auto a = resolve_profile(options.a), b = resolve_profile(options.b);
  if (!a || !b || is_runtime(*a) == is_runtime(*b)) return std::nullopt;
  const bool any = std::ranges::any_of(diffed.result.outputs, [&](const OutputDiff& output) {
    return diffed.result.layers[output.layer].accumulated.mismatches() > 0;
  });
  if (!any) return std::nullopt;
  const bool a_is_cpu = is_runtime(*a);
  const std::string& cpu = a_is_cpu ? options.a : options.b;
  const std::string& chip = a_is_cpu ? options.b : options.a;
  const auto run = [&](const std::string& profile) { return outputs_of(options, diffed.model, sample, profile); };
  const auto of_chip = run(chip), of_cpu = run(cpu);
  if (!of_chip || !of_cpu) return std::nullopt;
  const std::int64_t here = differing(*of_cpu, *of_chip);
  std::int64_t least = here, values = 0;
  for (const Tensor& output : *of_chip) values += output.spec.elements();
  std::string best;
  for (const std::string& build : builds_for_boards()) {
    if (callbacks.stopped()) return std::nullopt;
    if (least == 0) break;
    if (build == cpu) continue;
    const auto outputs = run(build);
    if (!outputs) continue;
    const std::int64_t found = differing(*outputs, *of_chip);
    if (found < least) least = found, best = build;
  }
  if (best.empty()) return std::nullopt;
  DiffOptions nearer = options;
  (a_is_cpu ? nearer.a : nearer.b) = best;
  return Advice{
      fmt::format("of the newest CPU builds for AArch64, {} comes nearest to {} on the first input: {} of {} output "
                  "values differ, {} with {}",
                  best, chip, least, values, here, cpu),
      fmt::format("{} diff {}", options.program, comparison_text(nearer))};
}

}  // namespace nputwin::api
