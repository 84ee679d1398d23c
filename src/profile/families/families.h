#pragma once

#include <string_view>

#include "profile/families/family.h"

namespace nputwin {

struct Profile;

/// FamilyTraits as values.
struct FamilyFacts {
  std::string_view label;
  bool of_all_types;
  Cause (*departure)(const Profile& profile);
};

[[nodiscard]] const FamilyFacts& facts_of(Family family);

}  // namespace nputwin
