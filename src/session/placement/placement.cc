#include "session/placement/placement.h"

#include <fnmatch.h>

#include <algorithm>

#include "profile/variant.h"
#include "session/placement/delegates.h"

namespace nputwin {
namespace {

bool matches(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

}  // namespace

Result<Placement> Placement::of(Profile profile, std::vector<std::string> on_cpu) {
  Placement placement;
  placement.on_cpu_ = std::move(on_cpu);
  placement.chain_.push_back(std::move(profile));
  while (!placement.chain_.back().fallback.empty()) {
    constexpr std::size_t kMost = 4;  // a chip, a runtime with XNNPACK, its own kernels: three are in use
    if (placement.chain_.size() == kMost) return error("'{}' falls back too often", placement.chain_[0].name);
    NPUTWIN_ASSIGN_OR_RETURN(Profile next, resolve_profile(placement.chain_.back().fallback));
    placement.chain_.push_back(std::move(next));
  }
  for (const Profile& p : placement.chain_) {
    for (const auto& [family, name] : p.substitutes) {
      NPUTWIN_ASSIGN_OR_RETURN(Profile substitute, resolve_profile(name));
      placement.substitutes_.push_back({p.name, family, std::move(substitute)});
    }
  }
  if (!placement.on_cpu_.empty() && placement.chain_[0].delegate == Delegate::kNone) {
    return error("'{}' has no delegate that could leave '{}'; a placement has, such as vx(vip-v8)+tflite-2.9.1-arm64",
                 placement.chain_[0].name, placement.on_cpu_[0]);
  }
  return placement;
}

Placement::Rules Placement::rules_of(const Graph& graph, std::span<const TensorSpec> specs, std::size_t node,
                                     Family family) const {
  Rules rules = rules_by_delegate(graph, specs, node);
  if (rules.profile->evidence_of(family).confidence != Confidence::kUnknown) return rules;
  const std::string& whose = rules.profile->name;
  const auto found = std::find_if(substitutes_.begin(), substitutes_.end(),
                                  [&](const Substitute& s) { return s.whose == whose && s.family == family; });
  if (found != substitutes_.end()) rules.profile = &found->profile, rules.fallback = nullptr, rules.substitute = true;
  return rules;
}

Placement::Rules Placement::rules_by_delegate(const Graph& graph, std::span<const TensorSpec> specs,
                                              std::size_t index) const {
  const Node& node = graph.nodes[index];
  Rules rules;
  rules.profile = &chain_.back();  // has no delegate, so takes what those before it leave
  for (std::size_t i = 0; i + 1 < chain_.size(); ++i) {
    const Profile& profile = chain_[i];
    Status takes = delegate_takes(profile, graph, specs, node);
    const auto asked = i > 0 ? on_cpu_.end() : std::find_if(on_cpu_.begin(), on_cpu_.end(), [&](const auto& pattern) {
      return matches(pattern, node.op) || matches(pattern, std::to_string(index)) ||
             (!node.outputs.empty() && matches(pattern, specs[static_cast<std::size_t>(node.outputs[0])].name));
    });
    if (asked != on_cpu_.end()) takes = error("--on-cpu {}", *asked);
    if (takes) {
      rules.profile = &profile;
      if (profile.delegate == Delegate::kXnnpack) rules.fallback = &chain_[i + 1];
      return rules;
    }
    if (i == 0) rules.left = takes.error().message;
  }
  return rules;
}

std::vector<std::vector<std::size_t>> partitions(const Graph& graph, const std::vector<bool>& taken) {
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
        if (placed[n] || (!subset.empty() && taken[n] != taken[subset.front()])) continue;
        const auto& inputs = graph.nodes[n].inputs;
        if (!std::all_of(inputs.begin(), inputs.end(),
                         [&](int t) { return t < 0 || made[static_cast<std::size_t>(t)]; }))
          continue;
        subset.push_back(n), placed[n] = true, grows = true, --left;
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
