#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace nputwin {

/// Up to `most` lines at the end of a text file, without what is blank after them; nothing where it cannot be read.
[[nodiscard]] std::string last_lines(const std::string& path, std::size_t most);

/// Runs a program, found as a shell finds it, to its end; without input, its output goes to the file `log`. The error
/// says why it did not run, or which signal stopped it or that it ended with a code other than 0, and the last lines
/// that it wrote.
[[nodiscard]] Status run_program(std::vector<std::string> arguments, const std::string& log);

}  // namespace nputwin
