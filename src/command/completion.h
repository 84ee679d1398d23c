#pragma once

#include <array>
#include <string>
#include <vector>

#include "command/definition.h"

namespace nputwin::command {

inline constexpr std::array<const char*, 3> kShells = {"bash", "zsh", "fish"};

/// What a shell reads to complete verbs, options and their values. `profiles`: what stands where a PROFILE or a SIDE is
/// expected.
[[nodiscard]] std::string bash_completion(const VerbDefinition& program, const std::vector<std::string>& profiles);
[[nodiscard]] std::string zsh_completion(const VerbDefinition& program, const std::vector<std::string>& profiles);
[[nodiscard]] std::string fish_completion(const VerbDefinition& program, const std::vector<std::string>& profiles);

/// That of one of kShells.
[[nodiscard]] std::string completion(const std::string& shell, const VerbDefinition& program,
                                     const std::vector<std::string>& profiles);

}  // namespace nputwin::command
