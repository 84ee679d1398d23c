#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "profile/profile.h"

namespace nputwin {

/// Built-in profiles that belong together.
struct ProfileGroup {
  std::string_view title;
  std::span<const Profile> profiles;
};

/// All of builtin_profiles(), in the same order.
[[nodiscard]] std::vector<ProfileGroup> profile_groups();

}  // namespace nputwin
