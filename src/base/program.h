#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace nputwin {

/// Runs a program, found as a shell finds it, to its end; without input, its output goes to the file `log`. The error
/// says why it did not run, which signal stopped it, or, where it ends with a code other than 0, the last line that it
/// wrote.
[[nodiscard]] Status run_program(std::vector<std::string> arguments, const std::string& log);

}  // namespace nputwin
