#include "profile/profile.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "base/suggestion.h"
#include "profile/builtin/builtin.h"

namespace nputwin {

Evidence Profile::evidence_of(Family family) const {
  const auto found =
      std::find_if(evidence.begin(), evidence.end(), [&](const Evidence& e) { return e.family == family; });
  return found == evidence.end() ? Evidence{family, Confidence::kUnknown, "not known", ""} : *found;
}

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
#define NPUTWIN_PROFILE(function) function(),
#include "profile/builtin/builtin.inc"
#undef NPUTWIN_PROFILE
  };
  return kProfiles;
}

Result<Profile> find_profile(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& profile : builtin_profiles()) {
    if (profile.name == name) return profile;
    names.push_back(profile.name);
  }
  if (const std::string meant = did_you_mean(name, names); !meant.empty())
    return error("no profile is called '{}'{}; `nputwin profiles` lists all", name, meant);
  return error("no profile is called '{}'; there are: {}", name, fmt::join(names, ", "));
}

}  // namespace nputwin
