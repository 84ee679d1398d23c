#pragma once

#include <string>

#include "base/callbacks.h"
#include "command_line.h"

namespace nputwin::cli {

/// A text with its commands as this program is called: "`nputwin ops`" as "`build/release/nputwin ops`".
[[nodiscard]] std::string as_called(const Program& program, std::string text);

/// Likewise a message, in which what stands in quotes is shortened where it has the length that converters give names.
[[nodiscard]] std::string as_told(const Program& program, const std::string& text);

/// Says on stderr what a user should know beside the result, unless the program is to be quiet.
void note(const Program& program, const std::string& text);

/// Prints notes, and shows how far work is and how long it will take, on a terminal alone and once a second has passed.
/// `units`: what is counted. Neither where the program is to be quiet.
[[nodiscard]] Callbacks progress(const Program& program, const std::string& units);

/// The same for work that Ctrl-C and SIGTERM can end. From then on one of them ends the work after the step at hand, so
/// that it can say how far it came; a second one stops the program at once.
[[nodiscard]] Callbacks interaction(const Program& program, const std::string& units);

}  // namespace nputwin::cli
