#pragma once

#include "profile/families/family.h"

// Ops that move codes or values and compute nothing.

namespace nputwin {

template <>
struct FamilyTraits<Family::kMovement> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Movement of codes";
  static constexpr bool kOfAllTypes = true;
};

}  // namespace nputwin
