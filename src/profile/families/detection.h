#pragma once

#include "profile/families/family.h"

// TFLite_Detection_PostProcess.

namespace nputwin {

template <>
struct FamilyTraits<Family::kDetection> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Detection";
  static constexpr bool kOfAllTypes = true;
};

}  // namespace nputwin
