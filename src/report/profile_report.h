#pragma once

#include <span>
#include <string>

#include "sides/runtime_names.h"

namespace nputwin {
struct Profile;
}

namespace nputwin::report {

/// Each profile with the confidence, rule and source of every op family; `details` false: only names and summaries.
[[nodiscard]] std::string profiles_text(std::span<const Profile> profiles, bool details);

/// [{"name", "aliases": [], "summary", "fallback", "delegate", "delegated": [{"op", "float32", "int8", "uint8"}],
/// "requantizations": {place: the rule's name in docs/arithmetic}, "families": [{"family", "confidence", "rule",
/// "source"}]}]
[[nodiscard]] std::string profiles_json(std::span<const Profile> profiles);

/// The runtimes that profiles were compared with: a table, and [{"package", "version", "architecture", "mode",
/// "profile", "nearness"}].
[[nodiscard]] std::string runtimes_text(std::span<const MeasuredRuntime> runtimes);
[[nodiscard]] std::string runtimes_json(std::span<const MeasuredRuntime> runtimes);

}  // namespace nputwin::report
