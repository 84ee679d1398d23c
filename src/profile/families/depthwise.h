#pragma once

#include "fixed/requantize.h"
#include "profile/families/family.h"

// DEPTHWISE_CONV_2D.

namespace nputwin {

/// A depthwise convolution's rule. Vector code computes channels in blocks and leaves the last ones to scalar code;
/// AArch64 has a routine of its own for 3x3 filters (TFLite depthwiseconv_3x3_filter_common.h says for which).
struct DepthwiseRule {
  RequantizeRule rule;
  RequantizeRule last_channels;  ///< channels beyond the last whole block
  RequantizeRule fast_3x3;
  int block = 1;
  bool operator==(const DepthwiseRule&) const = default;

  static constexpr DepthwiseRule same(RequantizeRule r) { return {r, r, r, 1}; }
};

template <>
struct FamilyTraits<Family::kDepthwise> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Depthwise convolution";
};

}  // namespace nputwin
