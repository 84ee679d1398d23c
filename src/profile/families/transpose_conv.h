#pragma once

#include "profile/families/family.h"

// TRANSPOSE_CONV. Its rule is a DepthwiseRule.

namespace nputwin {

template <>
struct FamilyTraits<Family::kTransposeConvolution> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Transposed convolution";
};

}  // namespace nputwin
