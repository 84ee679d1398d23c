#pragma once

#include <string>

#include "base/callbacks.h"
#include "command_line.h"

namespace nputwin::cli {

/// Says on stderr what a user should know beside the result, unless the program is to be quiet.
void note(const Program& program, const std::string& text);

/// Prints notes, and shows how far work is and how long it will take, on a terminal alone and once a second has passed.
/// `units`: what is counted. Neither where the program is to be quiet.
[[nodiscard]] Callbacks progress(const Program& program, const std::string& units);

/// The same for work that Ctrl-C and SIGTERM can end. From then on one of them ends the work after the step at hand, so
/// that it can say how far it came; a second one stops the program at once.
[[nodiscard]] Callbacks interaction(const Program& program, const std::string& units);

}  // namespace nputwin::cli
