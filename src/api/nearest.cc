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

/// How often outputs and all layers' values differ.
struct Distance {
  std::int64_t outputs = 0, layers = 0;
  auto operator<=>(const Distance&) const = default;
};

/// One sample on two profiles, each on its own.
Result<Distance> distance(const std::shared_ptr<const Model>& model, const std::string& a, const std::string& b,
                          const DiffOptions& options, std::size_t sample) {
  NPUTWIN_ASSIGN_OR_RETURN(const Sides sides, open_sides(model, a, b, options.sides));
  NPUTWIN_ASSIGN_OR_RETURN(const SideInputs inputs, SideInputs::open(sides, options.inputs, options.sides.session));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample values, inputs.sample(sample));
  for (Side* side : {sides.a.get(), sides.b.get()}) NPUTWIN_RETURN_IF_ERROR(side->begin(sample, values));
  const Graph& graph = model->main();
  Distance distance;
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    for (Side* side : {sides.a.get(), sides.b.get()}) NPUTWIN_RETURN_IF_ERROR(side->step(node));
    for (std::size_t k = 0; k < graph.nodes[node].outputs.size(); ++k) {
      NPUTWIN_ASSIGN_OR_RETURN(const TensorView of_a, sides.a->output(node, k));
      NPUTWIN_ASSIGN_OR_RETURN(const TensorView of_b, sides.b->output(node, k));
      if (!of_a.present()) continue;
      DifferenceStats stats;
      stats.add(of_a, of_b, 0);
      distance.layers += stats.mismatches();
      if (std::ranges::find(graph.outputs, graph.nodes[node].outputs[k]) != graph.outputs.end())
        distance.outputs += stats.mismatches();
    }
  }
  return distance;
}

std::int64_t output_values(const Diffed& diffed) {
  std::int64_t values = 0;
  for (const OutputDiff& output : diffed.result.outputs)
    values += diffed.result.layers[output.layer].accumulated.elements();
  return values / static_cast<std::int64_t>(std::max<std::size_t>(diffed.result.samples, 1));
}

}  // namespace

std::optional<Advice> nearest_cpu(const DiffOptions& options, const Diffed& diffed) {
  if (is_recording(options.a) || is_recording(options.b)) return std::nullopt;
  const auto a = resolve_profile(options.a), b = resolve_profile(options.b);
  if (!a || !b || is_runtime(*a) == is_runtime(*b) || diffed.samples.size() == 0) return std::nullopt;
  const bool any = std::ranges::any_of(diffed.result.outputs, [&](const OutputDiff& output) {
    return diffed.result.layers[output.layer].accumulated.mismatches() > 0;
  });
  if (!any) return std::nullopt;
  const bool a_is_cpu = is_runtime(*a);
  const std::string& cpu = a_is_cpu ? options.a : options.b;
  const std::string& chip = a_is_cpu ? options.b : options.a;
  const auto here = distance(diffed.model, cpu, chip, options, diffed.samples.first);
  if (!here) return std::nullopt;
  std::optional<std::pair<Distance, std::string>> best;
  for (const Profile& profile : builtin_profiles()) {
    if (!comes_with_boards(profile.name)) continue;
    const auto found = distance(diffed.model, profile.name, chip, options, diffed.samples.first);
    if (found && (!best || *found < best->first)) best = {*found, profile.name};
  }
  if (!best || best->first >= *here) return std::nullopt;
  DiffOptions nearer = options;
  (a_is_cpu ? nearer.a : nearer.b) = best->second;
  return Advice{fmt::format("of the CPU builds for AArch64, {} comes nearest to {} on the first input: {} of {} output "
                            "values differ, {} with {}",
                            best->second, chip, best->first.outputs, output_values(diffed), here->outputs, cpu),
                fmt::format("{} diff {}", options.program, comparison_text(nearer))};
}

}  // namespace nputwin::api
