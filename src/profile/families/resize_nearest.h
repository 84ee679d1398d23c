#pragma once

#include "profile/families/family.h"

// RESIZE_NEAREST_NEIGHBOR.

namespace nputwin {

template <>
struct FamilyTraits<Family::kResizeNearest> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Nearest resize";
  static constexpr bool kOfAllTypes = true;
};

}  // namespace nputwin
