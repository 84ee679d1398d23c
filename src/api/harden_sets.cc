#include "api/harden_sets.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "api/nearest.h"
#include "profile/variant.h"
#include "sides/side.h"

namespace nputwin::api {

const std::vector<HardenPreset>& harden_presets() {
  static const std::vector<HardenPreset> kPresets{
      {"imx8mp",
       "the NPU of the i.MX 8M Plus and the runtimes that its boards have beside it",
       {"vip-v8", "litert-2.1-arm64", "tflite-2.14-arm64", "tflite-2.14-arm64-ruy", "tflite-2.9.1-arm64"}}};
  return kPresets;
}

Result<HardenSet> harden_set(const std::vector<std::string>& names) {
  HardenSet set;
  const auto add = [&](std::string name) {
    if (std::ranges::find(set.profiles, name) == set.profiles.end()) set.profiles.push_back(std::move(name));
  };
  for (const std::string& name : names) {
    const auto preset = std::ranges::find(harden_presets(), name, &HardenPreset::name);
    if (name == kAllFree) {
      set.all_free = true;
    } else if (preset != harden_presets().end()) {
      for (const std::string_view profile : preset->profiles) add(std::string(profile));
    } else {
      if (is_recording(name))
        return error("{}: a recording has no arithmetic that holds for other inputs; name a profile", name);
      NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(name));
      add(name);
    }
  }
  if (set.all_free && set.profiles.empty()) set.profiles = {"vip-v8", "litert-2.1-arm64"};
  if (set.profiles.size() < 2) return error("--for: expected two or more profiles, got {}", set.profiles.size());
  return set;
}

std::vector<std::string> all_free_candidates() {
  std::vector<std::string> names{"vip-v8", "vip-v7"};
  for (const Profile& profile : builtin_profiles()) {
    if (is_runtime(profile)) names.push_back(profile.name);
  }
  return names;
}

std::string harden_preset_help() {
  std::string text = "Sets of profiles that --for takes:\n";
  for (const HardenPreset& preset : harden_presets())
    text += fmt::format("  {}: {}: {}\n", preset.name, preset.what, fmt::join(preset.profiles, ", "));
  return text +
         fmt::format("  {}: the profiles beside it, and all of runtimes and chips that add no price on this model\n",
                     kAllFree);
}

}  // namespace nputwin::api
