#include "session/placement/placement.h"

#include <fnmatch.h>

#include <algorithm>

#include "base/suggestion.h"
#include "profile/micro_operands.h"
#include "profile/packed_weights.h"
#include "profile/profile.h"
#include "profile/variant.h"
#include "session/placement/delegates.h"

namespace nputwin {
namespace {

bool matches(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool matches(const std::string& pattern, const Node& node, std::size_t index, const std::string& output) {
  return matches(pattern, node.op) || matches(pattern, std::to_string(index)) || matches(pattern, output);
}

std::string first_output(const Graph& graph, const Node& node) {
  return node.outputs.empty() || node.outputs[0] < 0 ? "" : graph.spec(node.outputs[0]).name;
}

}  // namespace

/// The profiles of a placement.
struct Placement::Profiles {
  struct Override {
    std::string of;  // the profile that does not know the family
    Family family;
    Profile by;
  };
  std::vector<Profile> chain;  // each is the fallback profile of the one before
  std::vector<Override> overrides;
};

Result<Placement> Placement::of(Profile profile, std::vector<std::string> on_cpu) {
  Profiles profiles;
  auto& chain = profiles.chain;
  chain.push_back(std::move(profile));
  while (!chain.back().fallback.empty()) {
    constexpr std::size_t kMost = 4;  // a chip, a runtime with XNNPACK, its own kernels: three are in use
    if (chain.size() == kMost)
      return error("profile '{}' has more than {} fallbacks in a row", chain[0].name, kMost - 1);
    NPUTWIN_ASSIGN_OR_RETURN(Profile next, resolve_profile(chain.back().fallback));
    chain.push_back(std::move(next));
  }
  for (const Profile& p : chain) {
    for (const auto& [family, name] : p.overrides) {
      NPUTWIN_ASSIGN_OR_RETURN(Profile by, resolve_profile(name));
      profiles.overrides.push_back({p.name, family, std::move(by)});
    }
  }
  if (!on_cpu.empty() && vx_release(chain[0].delegate) == nullptr) {
    return error(
        "--on-cpu {}: profile '{}' is no placement, so no op can be moved to the CPU; expected e.g. "
        "'vx(vip-v8)+litert-2.3-x86'",
        on_cpu[0], chain[0].name);
  }
  Placement placement;
  placement.profiles_ = std::make_shared<const Profiles>(std::move(profiles));
  placement.on_cpu_ = std::move(on_cpu);
  return placement;
}

Placement::Rules Placement::rules_of(const Graph& graph, std::span<const TensorSpec> specs, std::size_t node,
                                     Family family) const {
  Rules rules = rules_by_delegate(graph, specs, node);
  if (rules.profile->evidence_of(family).confidence != Confidence::kUnknown) return rules;
  const auto& overrides = profiles_->overrides;
  const auto found = std::find_if(overrides.begin(), overrides.end(), [&](const Profiles::Override& o) {
    return o.of == rules.profile->name && o.family == family;
  });
  if (found != overrides.end()) {
    rules.profile = &found->by;
    rules.fallback = nullptr;
    rules.overridden = true;
  }
  return rules;
}

namespace {

/// TFLite 2.9.1 ends where loops share a subgraph; later releases do not (measured).
Status check_loops_are_apart(OpRegistry release, const Graph& graph, const Node& node) {
  const bool shares_badly = release == OpRegistry::kTflite291 || release == OpRegistry::kTflite291Ref;
  if (!shares_badly || node.op != "WHILE") return {};
  for (const Node& other : graph.nodes) {
    if (other.op != node.op || &other == &node) continue;
    for (const std::string_view part : {"cond_subgraph_index", "body_subgraph_index"}) {
      if (other.attributes.integer(part) == node.attributes.integer(part))
        return error("another WHILE has the same {}: {} ends; give each its own", part, name(release));
    }
  }
  return {};
}

}  // namespace

Status check_on_cpu(const Model& model, std::span<const std::string> on_cpu) {
  for (const std::string& pattern : on_cpu) {
    std::vector<std::string> known;
    bool found = false;
    for (const Graph& graph : model.graphs) {
      for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        found = found || matches(pattern, node, i, first_output(graph, node));
        known.push_back(node.op), known.push_back(first_output(graph, node));
      }
    }
    if (!found)
      return error(
          "--on-cpu {}: no op has that type, number or output name{}; {} has ops 0 to {}, and `nputwin inspect` lists "
          "them",
          pattern, did_you_mean(pattern, known), model.path, model.main().nodes.size() - 1);
  }
  return {};
}

const Profile& Placement::profile() const { return profiles_->chain.front(); }

Status Placement::starts_with(const Graph& graph, const Node& node) const {
  if (node.custom) return {};
  // A chip's delegate registers nothing; the runtime that holds it does.
  const std::vector<Profile>& chain = profiles_->chain;
  const auto runtime =
      std::find_if(chain.begin(), chain.end(), [](const Profile& p) { return p.registry != OpRegistry::kNone; });
  if (runtime == chain.end()) return {};
  NPUTWIN_RETURN_IF_ERROR(check_registered(runtime->registry, node.op, node.version));
  NPUTWIN_RETURN_IF_ERROR(check_packed_weights(runtime->registry, graph, node));
  NPUTWIN_RETURN_IF_ERROR(check_loops_are_apart(runtime->registry, graph, node));
  return runtime->registry == OpRegistry::kTflm ? check_micro_operands(graph, node) : Status{};
}

Placement::Rules Placement::rules_by_delegate(const Graph& graph, std::span<const TensorSpec> specs,
                                              std::size_t index) const {
  const Node& node = graph.nodes[index];
  const std::vector<Profile>& chain = profiles_->chain;
  Rules rules;
  rules.profile = &chain.back();  // has no delegate, so computes whatever those before it reject
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    const Profile& profile = chain[i];
    Status claims = delegate_claims(profile, graph, specs, node);
    const auto asked = i > 0 ? on_cpu_.end() : std::find_if(on_cpu_.begin(), on_cpu_.end(), [&](const auto& pattern) {
      return matches(pattern, node, index, first_output(graph, node));
    });
    if (asked != on_cpu_.end()) claims = error("--on-cpu {}", *asked);
    if (claims) {
      rules.profile = &profile;
      if (profile.delegate == Delegate::kXnnpack) rules.fallback = &chain[i + 1];
      return rules;
    }
    if (i == 0) rules.rejection = claims.error().message;
  }
  return rules;
}

std::vector<std::vector<std::size_t>> partitions(const Graph& graph, const std::vector<bool>& claimed) {
  std::vector<bool> made(graph.tensors.size(), true), placed(graph.nodes.size(), false);
  for (const Node& node : graph.nodes) {
    for (const int t : node.outputs) {
      if (t >= 0) made[static_cast<std::size_t>(t)] = false;
    }
  }
  std::vector<std::vector<std::size_t>> result;
  for (std::size_t left = graph.nodes.size(); left > 0;) {
    auto& subset = result.emplace_back();
    for (bool grows = true; grows;) {
      grows = false;
      for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        if (placed[n] || (!subset.empty() && claimed[n] != claimed[subset.front()])) continue;
        const auto& inputs = graph.nodes[n].inputs;
        if (!std::all_of(inputs.begin(), inputs.end(),
                         [&](int t) { return t < 0 || made[static_cast<std::size_t>(t)]; }))
          continue;
        subset.push_back(n);
        placed[n] = true;
        grows = true;
        --left;
        for (const int t : graph.nodes[n].outputs) {
          if (t >= 0) made[static_cast<std::size_t>(t)] = true;
        }
      }
    }
    if (subset.empty()) break;  // a graph that validate() would refuse
  }
  for (auto& subset : result) std::sort(subset.begin(), subset.end());
  return result;
}

}  // namespace nputwin
