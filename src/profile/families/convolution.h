#pragma once

#include "fixed/requantize.h"
#include "profile/families/family.h"

// CONV_2D.

namespace nputwin {

/// A matrix product's rule; several runtimes send a product with a single column (one output position) elsewhere.
struct MatmulRule {
  RequantizeRule rule;
  RequantizeRule single_column;
  RequantizeRule grouped;  ///< convolutions in groups
  bool operator==(const MatmulRule&) const = default;

  static constexpr MatmulRule same(RequantizeRule r) { return {r, r, r}; }
};

template <>
struct FamilyTraits<Family::kConvolution> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Convolution";
};

}  // namespace nputwin
