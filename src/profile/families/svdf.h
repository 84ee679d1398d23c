#pragma once

#include "profile/families/family.h"

// SVDF.

namespace nputwin {

template <>
struct FamilyTraits<Family::kSvdf> : FamilyDefaults {
  static constexpr std::string_view kLabel = "SVDF";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kSecondRounding; }
};

}  // namespace nputwin
