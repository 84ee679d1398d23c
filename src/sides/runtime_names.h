#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_names.h"

namespace nputwin {

/// Which kernels a runtime is to use: what Interpreter(model) gives, its own kernels without a delegate, its reference
/// kernels.
enum class RuntimeMode : std::uint8_t { kDefault, kBuiltin, kReference };
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<RuntimeMode> = {"default", "builtin", "ref"};

/// A runtime that a built-in profile was measured on.
struct MeasuredRuntime {
  std::string profile;
  std::string runtime;       ///< tflite or litert
  std::string version;       ///< as far as profiles tell versions apart
  std::string architecture;  ///< x86 or arm64
  RuntimeMode mode = RuntimeMode::kDefault;
};

/// All of them, in the order of the profiles.
[[nodiscard]] std::vector<MeasuredRuntime> measured_runtimes();

/// The built-in profile for a Python package's runtime.
struct RuntimeProfile {
  std::string name;    ///< empty: none is near
  bool exact = false;  ///< the profile was measured on this version and architecture; else on the nearest version
};

/// `package`: tflite_runtime, tensorflow or ai_edge_litert; `machine` as Python's platform.machine() says (x86_64,
/// aarch64).
[[nodiscard]] RuntimeProfile profile_of_runtime(std::string_view package, std::string_view version,
                                                std::string_view machine, RuntimeMode mode);

}  // namespace nputwin
