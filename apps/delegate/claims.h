#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "graph.h"
#include "options.h"
#include "session/session_options.h"

namespace nputwin::delegate {

/// What the delegate takes of a graph.
struct Claims {
  std::vector<std::size_t> nodes;  ///< rising
  std::vector<std::string> notes;  ///< what the application should know: nodes that the release claims and the profile
                                   ///< cannot compute, patterns that match nothing
};

/// The nodes that the release of the VX delegate claims, but those that the profile cannot compute.
[[nodiscard]] Result<Claims> claims_of(RuntimeGraph& graph, const Options& options, const SessionOptions& session);

}  // namespace nputwin::delegate
