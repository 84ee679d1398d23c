#pragma once

#include <string>
#include <vector>

#include "command/definition.h"

namespace nputwin::command {

/// A page of the manual, as man reads it.
struct ManualPage {
  std::string file;  ///< "nputwin-diff.1"
  std::string text;
};

/// One page for the program and one for each of its verbs. `version`: "nputwin 0.1.0".
[[nodiscard]] std::vector<ManualPage> manual(const VerbDefinition& program, const std::string& version);

}  // namespace nputwin::command
