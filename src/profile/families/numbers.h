#pragma once

#include "profile/families/family.h"

// All ops of unquantized values.

namespace nputwin {

template <>
struct FamilyTraits<Family::kNumbers> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Numbers";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kBinary32Product; }
};

}  // namespace nputwin
