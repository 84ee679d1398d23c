#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace nputwin::api {

/// A name for profiles that are wanted together.
struct HardenPreset {
  std::string_view name, what;
  std::vector<std::string_view> profiles;
};
[[nodiscard]] const std::vector<HardenPreset>& harden_presets();

/// Whatever adds no price on the model.
inline constexpr std::string_view kAllFree = "all-free";

/// The profiles that texts name, presets written out, each once. `all_free` is set where kAllFree is among them, which
/// is left out. An error where less than two are left, or where a text names no profile.
struct HardenSet {
  std::vector<std::string> profiles;
  bool all_free = false;
};
[[nodiscard]] Result<HardenSet> harden_set(const std::vector<std::string>& names);

/// Profiles that kAllFree tries, those first that most people have.
[[nodiscard]] std::vector<std::string> all_free_candidates();

/// A line for each preset, for --help.
[[nodiscard]] std::string harden_preset_help();

}  // namespace nputwin::api
