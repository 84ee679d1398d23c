#include "api/nearest.h"

#include <algorithm>

#include "api/command_text.h"
#include "profile/profile.h"
#include "profile/variant.h"

namespace nputwin::api {
namespace {

/// Whether a profile is a CPU runtime's: RUNTIME-VERSION-ARCHITECTURE[-MODE], as such profiles are called.
bool is_runtime(const Profile& profile) {
  const bool names_processor =
      profile.name.find("-arm64") != std::string::npos || profile.name.find("-x86") != std::string::npos;
  return names_processor && vx_release(profile.delegate) == nullptr;  // a placement names its CPU too
}

/// Whether applications on a board get it as it comes: no mode that somebody has to ask for.
bool comes_with_boards(const std::string& name) { return name.ends_with("-arm64") || name.ends_with("-arm64-ruy"); }

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
  for (std::size_t k = 0; k < model->main().outputs.size(); ++k) {
    const TensorView view = session.output(k);
    outputs.push_back({*view.spec, {view.bytes.begin(), view.bytes.end()}});
  }
  return outputs;
}

std::int64_t differing(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  DifferenceStats stats;
  for (std::size_t k = 0; k < a.size(); ++k) stats.add(a[k].view(), b[k].view(), 0);
  return stats.mismatches();
}

}  // namespace

std::optional<Advice> nearest_cpu(const DiffOptions& options, const Diffed& diffed, std::span<const Tensor> sample) {
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
  for (const Profile& profile : builtin_profiles()) {
    if (least == 0) break;
    if (!comes_with_boards(profile.name) || profile.name == cpu) continue;
    const auto outputs = run(profile.name);
    if (!outputs) continue;
    const std::int64_t found = differing(*outputs, *of_chip);
    if (found < least) least = found, best = profile.name;
  }
  if (best.empty()) return std::nullopt;
  DiffOptions nearer = options;
  (a_is_cpu ? nearer.a : nearer.b) = best;
  return Advice{fmt::format("of the CPU builds for AArch64, {} comes nearest to {} on the first input: {} of {} output "
                            "values differ, {} with {}",
                            best, chip, least, values, here, cpu),
                fmt::format("{} diff {}", options.program, comparison_text(nearer))};
}

}  // namespace nputwin::api
