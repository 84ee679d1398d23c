#include "api/nearest.h"

#include "api/command_text.h"
#include "api/on_cpu.h"
#include "io/tflite/reader.h"
#include "profile/delegate.h"
#include "profile/variant.h"
#include "session/shared_parts.h"
#include "sides/input_source.h"
#include "sides/side.h"

namespace nputwin::api {
namespace {

std::vector<std::string> all_runtimes() {
  std::vector<std::string> names;
  for (const Profile& profile : builtin_profiles()) {
    if (is_runtime(profile)) names.push_back(profile.name);
  }
  return names;
}

/// What the nearest build must take over.
Status add_taken_over(const NearestOptions& options, const OutputLimit& limit, const InputSet& inputs,
                      const Callbacks& callbacks, Nearest& found) {
  const std::string& cpu = found.builds.front().profiles.front();
  NPUTWIN_ASSIGN_OR_RETURN(OnCpu on_cpu,
                           search_on_cpu(found.model, options.to, cpu, limit, inputs, options.session, callbacks));
  DiffOptions diff;
  diff.model = options.model;
  diff.a = cpu, diff.b = placement_of(options.to, cpu);
  diff.inputs = options.inputs;
  diff.sides.session = options.session;
  for (std::string& pattern : on_cpu_patterns(found.model->main(), on_cpu.moved.nodes))
    diff.sides.session.on_cpu.push_back(std::move(pattern));
  found.taken_over = {options.on_cpu_until, std::move(on_cpu),
                      fmt::format("{} diff {}", options.program, comparison_text(diff))};
  return {};
}

}  // namespace

bool is_runtime(const Profile& profile) {
  const bool names_processor =
      profile.name.find("-arm64") != std::string::npos || profile.name.find("-x86") != std::string::npos;
  return names_processor && vx_release(profile.delegate) == nullptr;  // a placement names its CPU too
}

Result<NearestSides> NearestSides::open(const std::shared_ptr<const Model>& model, const std::string& to,
                                        const std::vector<std::string>& sides, const SessionOptions& options) {
  NearestSides opened;
  const auto parts = options.parts ? options.parts : std::make_shared<SharedParts>();
  const auto add = [&](const std::string& name) -> Status {
    NPUTWIN_ASSIGN_OR_RETURN(Profile profile, profile_of_side(name));
    SessionOptions own = options;
    own.parts = parts;
    if (vx_release(profile.delegate) == nullptr) own.on_cpu.clear();
    NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(model, std::move(profile), own));
    opened.sessions_.push_back(std::make_unique<Session>(std::move(session)));
    return {};
  };
  NPUTWIN_RETURN_IF_ERROR(add(to));
  std::vector<Session*> measured;
  for (const std::string& side : sides) {
    const Status status = add(side);
    if (!status) {
      opened.refused_.emplace_back(side, status.error().message);
      continue;
    }
    opened.names_.push_back(side);
    measured.push_back(opened.sessions_.back().get());
  }
  opened.search_ = std::make_unique<DistanceSearch>(*opened.sessions_.front(), std::move(measured));
  return opened;
}

Result<Nearest> nearest(const NearestOptions& options, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto model, read_tflite(options.model));
  std::optional<OutputLimit> limit;
  if (!options.on_cpu_until.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(limit, OutputLimit::parse(options.on_cpu_until, model->main()));
    NPUTWIN_ASSIGN_OR_RETURN(const Profile chip, profile_of_side(options.to));
    if (vx_release(chip.delegate) != nullptr)
      return error("--on-cpu-until: {} has a CPU of its own; name the chip alone, such as vip-v8", options.to);
  }
  const std::vector<std::string> among = options.among.empty() ? all_runtimes() : options.among;
  for (const std::string& side : among) {
    NPUTWIN_RETURN_IF_ERROR(profile_of_side(side));  // a mistyped name is no build that refuses the model
  }
  NPUTWIN_ASSIGN_OR_RETURN(NearestSides sides, NearestSides::open(model, options.to, among, options.session));
  if (sides.names().empty())
    return error("{}: no build runs it: {}: {}", options.model.path, sides.refused()[0].first,
                 sides.refused()[0].second);
  NPUTWIN_ASSIGN_OR_RETURN(const InputSet inputs, session_inputs(sides.to(), options.inputs, callbacks));
  Nearest found{model, sides.to().profile().name, {}, sides.refused(), 0, false, {}};
  for (std::size_t& n = found.samples; n < inputs.size() && !callbacks.stopped(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs.sample(n));
    NPUTWIN_RETURN_IF_ERROR(sides.search().add(sample, n));
    callbacks.at(n + 1, inputs.size());
  }
  found.stopped = found.samples < inputs.size();
  const auto& distances = sides.search().result();
  for (std::size_t i = 0; i < distances.size(); ++i) {
    if (!distances[i].failed.empty()) found.refused.emplace_back(sides.names()[i], distances[i].failed);
  }
  found.builds = rank_builds(sides.names(), sides.search());
  if (limit && !found.stopped && !found.builds.empty())
    NPUTWIN_RETURN_IF_ERROR(add_taken_over(options, *limit, inputs, callbacks, found));
  return found;
}

}  // namespace nputwin::api
