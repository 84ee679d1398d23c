#pragma once

#include <string>

#include "base/callbacks.h"

namespace nputwin::cli {

/// Prints notes, and shows how far work is, on a terminal alone and once a second has passed. `units`: what is counted.
[[nodiscard]] Callbacks progress(const std::string& what, const std::string& units);

/// The same for work that Ctrl-C can end. From then on one Ctrl-C ends the work after the
/// step at hand, so that it can say how far it came; a second one stops the program at once.
[[nodiscard]] Callbacks interaction(const std::string& what, const std::string& units);

}  // namespace nputwin::cli
