#include "profile/profile.h"

#include <fmt/ranges.h>

#include "profile/builtin/builtin.h"

namespace nputwin {

std::span<const Profile> builtin_profiles() {
  static const std::vector<Profile> kProfiles = {
      tflite_2_9_1_arm64(),       tflite_2_9_1_arm64_ref(), litert_2_3_x86(),
      litert_2_3_x86_builtin(),
      litert_2_1_arm64_builtin(), litert_2_1_arm64(),       vip_v8(),
  };
  return kProfiles;
}

Result<Profile> find_profile(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& profile : builtin_profiles()) {
    if (profile.name == name) return profile;
    names.push_back(profile.name);
  }
  return error("no profile is called '{}'; there are: {}", name, fmt::join(names, ", "));
}

}  // namespace nputwin
