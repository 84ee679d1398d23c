#include "api/nearest_advice.h"

#include <algorithm>
#include <array>

#include "api/command_text.h"
#include "api/nearest.h"
#include "profile/profile.h"
#include "profile/variant.h"

namespace nputwin::api {
namespace {

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
  std::vector<std::string> builds = builds_for_boards();
  if (std::ranges::find(builds, cpu) == builds.end()) builds.push_back(cpu);
  auto sides = NearestSides::open(diffed.model, chip, builds, options.sides.session);
  if (!sides || callbacks.stopped() || !sides->search().add(sample, 0)) return std::nullopt;
  std::int64_t here = -1, least = 0, values = 0;
  std::string best;
  for (std::size_t i = 0; i < sides->names().size(); ++i) {
    const SideDistance& found = sides->search().result()[i];
    if (!found.failed.empty()) continue;
    const std::int64_t differing = found.output_mismatches();
    if (sides->names()[i] == cpu) here = differing, values = found.output_elements();
    if (best.empty() || differing < least) least = differing, best = sides->names()[i];
  }
  if (here < 0 || least >= here) return std::nullopt;
  DiffOptions nearer = options;
  (a_is_cpu ? nearer.a : nearer.b) = best;
  return Advice{
      fmt::format("of the newest CPU builds for AArch64, {} comes nearest to {} on the first input: {} of {} output "
                  "values differ, {} with {}",
                  best, chip, least, values, here, cpu),
      fmt::format("{} diff {}", options.program, comparison_text(nearer))};
}

}  // namespace nputwin::api
