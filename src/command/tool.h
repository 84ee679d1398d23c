#pragma once

#include <string>
#include <vector>

#include "command/command_line.h"

namespace nputwin::command {

/// Does what the tool does with these words, of which the first says how it was called: "nputwin", "diff", "m.tflite".
/// Errors name commands as they were called.
[[nodiscard]] Result<Exit> call(Host& host, const std::vector<std::string>& words, Memory memory = {});

}  // namespace nputwin::command
