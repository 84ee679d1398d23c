#pragma once

#include "profile/families/family.h"

// RELU, RELU6, RELU_0_TO_1, RELU_N1_TO_1. Their rule is a RequantizeRule.

namespace nputwin {

template <>
struct FamilyTraits<Family::kRelu> : FamilyDefaults {
  static constexpr std::string_view kLabel = "RELU and its kin";
};

}  // namespace nputwin
