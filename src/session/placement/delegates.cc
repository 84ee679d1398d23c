#include "session/placement/delegates.h"

#include "profile/profile.h"

namespace nputwin {

Status delegate_claims(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs,
                       const Node& node) {
  switch (profile.delegate) {
    case Delegate::kXnnpack:
      return xnnpack_claims(profile, graph, specs, node);
    case Delegate::kVx:
      return vx_claims(graph, specs, node);
    case Delegate::kNone:
      break;
  }
  return error("there is no delegate");
}

}  // namespace nputwin
