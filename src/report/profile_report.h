#pragma once

#include <span>
#include <string>

#include "profile/alias.h"
#include "profile/groups.h"
#include "sides/runtime_names.h"

namespace nputwin::report {

/// A profile with the confidence, rule and source of every op family.
[[nodiscard]] std::string profile_text(const Profile& profile);

/// One line a profile, whose arithmetic and how well known, and one an alias. No line is longer than `columns`.
[[nodiscard]] std::string profile_list_text(std::span<const ProfileGroup> groups, std::span<const Alias> aliases,
                                            std::size_t columns);

/// [{"name", "aliases": [], "summary", "fallback", "delegate", "delegated": [{"op", "float32", "int8", "uint8"}],
/// "requantizations": {place: the rule's name in docs/arithmetic}, "families": [{"family", "confidence", "rule",
/// "source"}]}]
[[nodiscard]] std::string profiles_json(std::span<const Profile> profiles);

/// The runtimes that profiles were compared with: a table, and [{"package", "version", "architecture", "mode",
/// "profile", "nearness"}].
[[nodiscard]] std::string runtimes_text(std::span<const MeasuredRuntime> runtimes);
[[nodiscard]] std::string runtimes_json(std::span<const MeasuredRuntime> runtimes);

}  // namespace nputwin::report
