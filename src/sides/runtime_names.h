#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/enum_names.h"

namespace nputwin {

/// Which kernels a runtime is to use: what Interpreter(model) gives, its own kernels without a delegate, its reference
/// kernels.
enum class RuntimeMode : std::uint8_t { kDefault, kBuiltin, kReference };
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<RuntimeMode> = {"default", "builtin", "ref"};

/// How near a runtime's profile is to it.
enum class Nearness : std::uint8_t {
  kMeasured,  ///< equal in all that was compared
  kNearest,   ///< compared, and differs in something
};
template <>
inline constexpr std::array<std::string_view, 2> kEnumNames<Nearness> = {"measured", "nearest"};

/// A runtime that was compared with the built-in profiles, and the one that it computes: a row of runtimes.inc.
struct MeasuredRuntime {
  std::string_view package;  ///< as Python imports it: tflite_runtime, tensorflow or ai_edge_litert
  std::string_view version;
  std::string_view architecture;  ///< x86 or arm64
  RuntimeMode mode = RuntimeMode::kDefault;
  std::string_view profile;
  Nearness nearness = Nearness::kMeasured;
};

/// All of them, in the order of runtimes.inc.
[[nodiscard]] std::span<const MeasuredRuntime> measured_runtimes();

/// The built-in profile for a Python package's runtime.
struct RuntimeProfile {
  std::string name;    ///< empty: none is near
  bool exact = false;  ///< the profile was measured on this version (its first two numbers) and architecture
};

/// `package` as in MeasuredRuntime; `machine` as Python's platform.machine() says (x86_64, aarch64). A version that was
/// not compared has the profile of the nearest that was.
[[nodiscard]] RuntimeProfile profile_of_runtime(std::string_view package, std::string_view version,
                                                std::string_view machine, RuntimeMode mode);

}  // namespace nputwin
