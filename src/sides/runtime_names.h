#pragma once

#include <string>
#include <string_view>

namespace nputwin {

/// The built-in profile for a Python package's runtime.
struct RuntimeProfile {
  std::string name;    ///< empty: none is near
  bool exact = false;  ///< the profile was measured on this version and architecture; else on the nearest version
};

/// `package`: tflite_runtime, tensorflow or ai_edge_litert; `machine` as Python's platform.machine() says (x86_64,
/// aarch64); `suffix`: "", "-builtin" or "-ref".
[[nodiscard]] RuntimeProfile profile_of_runtime(std::string_view package, std::string_view version,
                                                std::string_view machine, std::string_view suffix);

}  // namespace nputwin
