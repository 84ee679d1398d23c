#include "session/placement/delegates.h"

#include "profile/profile.h"

namespace nputwin {

Status delegate_claims(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs,
                       const Node& node) {
  if (profile.delegate == Delegate::kXnnpack) return xnnpack_claims(profile, graph, specs, node);
  if (const VxRelease* release = vx_release(profile.delegate)) return vx_claims(*release, graph, specs, node);
  return error("there is no delegate");
}

Status delegate_runs(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs, const Node& node,
                     bool claimed) {
  return profile.delegate == Delegate::kXnnpack ? xnnpack_runs(profile, graph, specs, node, claimed) : Status{};
}

}  // namespace nputwin
