#pragma once

#include "profile/families/family.h"

// BATCH_MATMUL.

namespace nputwin {

template <>
struct FamilyTraits<Family::kBatchMatmul> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Batched matrix product";
  static constexpr Cause departure(const auto& profile) {
    return profile.batch_matmul_drops_zero ? Cause::kAccumulator : Cause::kSubstitution;
  }
};

}  // namespace nputwin
