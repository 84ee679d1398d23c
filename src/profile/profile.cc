#include "profile/profile.h"

#include <algorithm>

#include "base/suggestion.h"
#include "profile/alias.h"
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

namespace {

struct Builtin {
  std::string_view function;
  Profile (*make)();
};
constexpr Builtin kBuiltin[] = {
#define NPUTWIN_PROFILE(function) {#function, [] { return Profile(function()); }},
#define NPUTWIN_PROFILE_GROUP(title)
#include "profile/builtin/builtin.inc"
#undef NPUTWIN_PROFILE_GROUP
#undef NPUTWIN_PROFILE
};

/// Whether a profile may be made by a function: they are called alike, but for the signs between words.
bool alike(std::string_view profile, std::string_view function) {
  const auto words = [](std::string text) {
    std::erase_if(text, [](char c) { return c == '-' || c == '.' || c == '_'; });
    return text;
  };
  return words(std::string(profile)) == words(std::string(function));
}

/// Made alone, without the others. Nothing where its function has another name.
std::optional<Profile> made_alone(std::string_view name) {
  for (const Builtin& builtin : kBuiltin) {
    if (!alike(name, builtin.function)) continue;
    if (Profile profile = builtin.make(); profile.name == name) return profile;
  }
  return std::nullopt;
}

}  // namespace

std::span<const Profile> builtin_profiles() {
  static const std::vector<Profile> kProfiles = [] {
    std::vector<Profile> profiles;  // made in place: a list of initial values would be copied
    profiles.reserve(std::size(kBuiltin));
    for (const Builtin& builtin : kBuiltin) profiles.push_back(builtin.make());
    return profiles;
  }();
  return kProfiles;
}

namespace {

/// Of a name that stands for none or several profiles.
Error must_choose(const Alias& alias) {
  if (alias.profiles.empty())
    return error("no profile is known for '{}', {}: give what it computed as a capture (docs/captures.md)", alias.name,
                 alias.what);
  std::string builds;
  for (const Profile& profile : builtin_profiles()) {
    if (std::ranges::find(alias.profiles, profile.name) != alias.profiles.end())
      builds += fmt::format("  {:<22}  {}\n", profile.name, profile.summary);
  }
  return error(
      "'{}', {}, computes as its build of TensorFlow Lite does; name the one that it has:\n{}"
      "`nputwin selfcheck MODEL --runtime PYTHON` tells which it is, where that Python has the runtime",
      alias.name, alias.what, builds);
}

}  // namespace

Result<Profile> find_profile(std::string_view name) {
  const std::string real = without_alias(name);
  if (auto profile = made_alone(real)) return std::move(*profile);
  std::vector<std::string> names;
  for (const auto& profile : builtin_profiles()) {
    if (profile.name == real) return profile;  // of a function with another name
    names.push_back(profile.name);
  }
  for (const Alias& alias : aliases()) {
    if (alias.name == name) return must_choose(alias);
    names.emplace_back(alias.name);
  }
  return error("no profile is called '{}'{}; `nputwin profiles` lists all", name, did_you_mean(name, names));
}

}  // namespace nputwin
