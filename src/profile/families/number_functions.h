#pragma once

#include "profile/families/family.h"

// Ops of binary32 numbers that hold an elementary function, which each runtime takes from a library of its own.

namespace nputwin {

template <>
struct FamilyTraits<Family::kNumberFunctions> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Functions of numbers";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kBinary32Product; }
};

}  // namespace nputwin
