#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/model.h"
#include "ops/op.h"
#include "profile/evidence.h"
#include "session/session_options.h"

namespace nputwin {

struct Profile;

/// How deep in a model's graphs a session stands, so that a file cannot ask for sessions without end.
struct Nesting {
  std::vector<int> graphs{0};  ///< from the main graph inwards, the session's own last
  struct Budget {
    std::size_t sessions = 256;  ///< that may still be made, of all graphs together
    std::size_t bytes = 0;       ///< that these may still take
  };
  std::shared_ptr<Budget> budget;
};

/// IF or WHILE, whose subgraphs a session runs.
[[nodiscard]] bool is_control_flow(std::string_view op);

/// A node of that kind made ready: its shapes and what runs it.
struct ControlFlow {
  Shapes shapes;
  std::unique_ptr<Kernel> kernel;
  std::optional<Evidence> evidence;  ///< of the op inside it whose rule is known worst; none where it has no ops
};

/// Prepares the subgraphs of IF or WHILE by a profile, each for the shapes of the node's inputs. Of an IF whose
/// condition is known before anything runs, the branch that it takes. Fails where a subgraph cannot run, where the
/// branches of an IF make other shapes or types than each other, and where the body of a WHILE makes others than it
/// takes. The model and what `view` points to outlive the kernel.
[[nodiscard]] Result<ControlFlow> prepare_control_flow(const Model& model, const Node& node, const NodeView& view,
                                                       const Profile& profile, const SessionOptions& options,
                                                       const Nesting& nesting);

}  // namespace nputwin
