#pragma once

#include "profile/families/family.h"

// FULLY_CONNECTED. Its rule is a MatmulRule.

namespace nputwin {

template <>
struct FamilyTraits<Family::kFullyConnected> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Fully connected";
  static constexpr Cause departure(const auto& profile) {
    if (profile.fully_connected_drops_zero) return Cause::kAccumulator;
    // Where per-channel scales are not known, the multiplier is 0.
    return profile.fully_connected_per_channel ? Cause::kSubstitution : Cause::kMultiplier;
  }
};

}  // namespace nputwin
