#pragma once

#include <string>
#include <vector>

#include "analysis/compare/diff.h"

namespace nputwin::report {

/// A profile's word checked against the user's own runtime.
struct Selfcheck {
  DiffResult result;                ///< A: the runtime, B: the profile
  bool measured = true;             ///< the profile was measured on this version; else on the nearest
  std::vector<std::string> equals;  ///< where `result` differs: other profiles that equal the runtime on everything
};

/// For people: how many ops are equal, each that is not, and what that means.
[[nodiscard]] std::string selfcheck_text(const Selfcheck& check);

/// The diff's JSON with {"measured", "equal_profiles"} besides.
[[nodiscard]] std::string selfcheck_json(const Selfcheck& check);

}  // namespace nputwin::report
