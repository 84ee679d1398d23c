#pragma once

#include "profile/families/family.h"

// EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL.

namespace nputwin {

template <>
struct FamilyTraits<Family::kComparison> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Comparisons";
};

}  // namespace nputwin
