#include "profile/profile.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "profile/builtin/builtin.h"

namespace nputwin {

void Profile::know(Family family, Confidence confidence, std::string rule, std::string source) {
  Evidence next{family, confidence, std::move(rule), std::move(source)};
  const auto place = std::lower_bound(evidence.begin(), evidence.end(), family,
                                      [](const Evidence& e, Family f) { return e.family < f; });
  if (place != evidence.end() && place->family == family) {
    *place = std::move(next);
  } else {
    evidence.insert(place, std::move(next));
  }
}

std::span<const Profile> builtin_profiles() {
  static const std::vector<Profile> kProfiles = {
      tflite_2_9_1_arm64(),       tflite_2_9_1_arm64_ref(), litert_2_3_x86(), litert_2_3_x86_builtin(),
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
