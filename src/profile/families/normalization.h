#pragma once

#include "profile/families/family.h"

// L2_NORMALIZATION and LOCAL_RESPONSE_NORMALIZATION.

namespace nputwin {

template <>
struct FamilyTraits<Family::kNormalization> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Normalization";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kSecondRounding; }
};

}  // namespace nputwin
