#pragma once

#include <span>

#include "model/model.h"
#include "profile/profile.h"

namespace nputwin {

// Whether a delegate takes a node, as far as that follows from its tensors; the error says why not. `specs` are the
// graph's tensors as known so far. One delegate, one file; delegate_takes picks by the profile.

/// XNNPACK; what depends on an op's options and scales, the op itself decides.
[[nodiscard]] Status xnnpack_takes(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs,
                                   const Node& node);

/// VeriSilicon's tflite-vx-delegate.
[[nodiscard]] Status vx_takes(const Graph& graph, std::span<const TensorSpec> specs, const Node& node);

/// The profile's delegate; none takes nothing.
[[nodiscard]] inline Status delegate_takes(const Profile& profile, const Graph& graph,
                                           std::span<const TensorSpec> specs, const Node& node) {
  switch (profile.delegate) {
    case Delegate::kXnnpack:
      return xnnpack_takes(profile, graph, specs, node);
    case Delegate::kVx:
      return vx_takes(graph, specs, node);
    case Delegate::kNone:
      break;
  }
  return error("there is no delegate");
}

}  // namespace nputwin
