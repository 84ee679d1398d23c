#pragma once

#include <span>

#include "model/model.h"
#include "profile/delegate.h"

namespace nputwin {

struct Profile;

// Whether a delegate claims a node, as far as that follows from its tensors; the error says why not. `specs` are the
// graph's tensors as known so far. One delegate, one file; delegate_claims picks by the profile.

/// XNNPACK; what depends on an op's options and scales, the op itself decides.
[[nodiscard]] Status xnnpack_claims(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs,
                                    const Node& node);

/// Whether a model with this node runs where XNNPACK is the first delegate; `claimed`: the node is XNNPACK's. The error
/// says why it fails there.
[[nodiscard]] Status xnnpack_runs(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs,
                                  const Node& node, bool claimed);

/// A release of VeriSilicon's tflite-vx-delegate.
[[nodiscard]] Status vx_claims(const VxRelease& release, const Graph& graph, std::span<const TensorSpec> specs,
                               const Node& node);

/// The profile's delegate; kNone claims nothing.
[[nodiscard]] Status delegate_claims(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs,
                                     const Node& node);

/// Whether a model with this node runs under the profile's delegate.
[[nodiscard]] Status delegate_runs(const Profile& profile, const Graph& graph, std::span<const TensorSpec> specs,
                                   const Node& node, bool claimed);

}  // namespace nputwin
