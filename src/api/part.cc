#include "api/part.h"

#include <algorithm>
#include <map>
#include <optional>

#include "api/layer.h"
#include "model/part.h"
#include "profile/profile.h"
#include "profile/variant.h"
#include "report/not_run_report.h"

namespace nputwin::api {
namespace {

/// A profile that is to run the model.
struct Runner {
  std::string profile;
  SessionOptions options;
};

/// Why nodes cannot run, by the first runner that cannot run them. Fails where that cannot be told either.
Result<std::map<std::size_t, std::string>> refusals(const Model& model, const std::vector<Runner>& runners) {
  std::map<std::size_t, std::string> why;
  for (const Runner& runner : runners) {
    NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(runner.profile));
    NPUTWIN_ASSIGN_OR_RETURN(const auto coverage, Session::coverage(model, profile, runner.options));
    for (const NodeCoverage& c : coverage) {
      if (!c.unsupported.empty()) why.try_emplace(c.node.index, c.unsupported);
    }
  }
  return why;
}

int layers_of(const Graph& graph) {
  return static_cast<int>(
      std::ranges::count_if(graph.nodes, [](const Node& node) { return !node.left_out && is_layer(node.op); }));
}

/// Whether a part that nobody asked for is worth showing: something of it is a layer, or the model has none.
bool is_worthwhile(const Model& part, const Model& whole) {
  const bool any = std::ranges::any_of(part.main().nodes, [](const Node& node) { return !node.left_out; });
  return any && !part.main().outputs.empty() && (layers_of(part.main()) > 0 || layers_of(whole.main()) == 0);
}

/// What is left to run of a model whose part up to `last` cannot run whole, for the reason `refused`.
Result<std::shared_ptr<const Model>> part_of_refused(const Model& model, const Model& wanted,
                                                     std::optional<std::size_t> last,
                                                     const std::vector<Runner>& runners, const Error& refused) {
  const auto why = refusals(wanted, runners);
  if (!why || why->empty()) return refused;
  const FileKind kind = file_kind(model);
  const bool can_be_in_part = kind.name.empty() || kind.name == "mixed";
  auto part = part_that_runs(model, last, *why);
  if (can_be_in_part && is_worthwhile(*part, model)) return part;
  if (!kind.name.empty()) return error("{} {}", model.path, kind.sentence);
  return refused;
}

/// Opens the model as `open` does: up to `until`, and as far as it goes.
template <typename Open>
auto open_as_far(const std::shared_ptr<const Model>& model, const std::vector<Runner>& runners,
                 const std::string& until, const Callbacks& callbacks, Open open) -> decltype(open(model)) {
  std::optional<std::size_t> last;
  if (!until.empty()) {
    const auto found = find_layer(model->main(), until);
    if (!found) return in_context("--until", found.error());
    last = *found;
  }
  auto part = last ? part_that_runs(*model, last, {}) : model;
  auto opened = open(part);
  if (!opened) {
    NPUTWIN_ASSIGN_OR_RETURN(part, part_of_refused(*model, *part, last, runners, opened.error()));
    opened = open(part);
  }
  if (opened) {
    for (const std::string& line : report::not_run_lines(part->main().not_run)) callbacks.say(line);
    for (const std::string& line : opened->cautions()) callbacks.say(line);
  }
  return opened;
}

}  // namespace

Result<Sides> open_part(const std::shared_ptr<const Model>& model, const std::string& a, const std::string& b,
                        const SideOptions& options, const std::string& until, const Callbacks& callbacks) {
  std::vector<Runner> runners;
  if (!is_recording(a)) runners.push_back({a, options_for(a, b, options).session});
  if (!is_recording(b)) runners.push_back({b, options_for(b, a, options).session});
  return open_as_far(model, runners, until, callbacks,
                     [&](const auto& part) { return open_sides(part, a, b, options); });
}

Result<Session> prepare_part(const std::shared_ptr<const Model>& model, const std::string& profile,
                             const SessionOptions& options, const std::string& until, const Callbacks& callbacks) {
  return open_as_far(model, {{profile, options}}, until, callbacks, [&](const auto& part) -> Result<Session> {
    NPUTWIN_ASSIGN_OR_RETURN(Profile resolved, resolve_profile(profile));
    return Session::prepare(part, std::move(resolved), options);
  });
}

}  // namespace nputwin::api
