#pragma once

#include "fixed/requantize.h"
#include "profile/families/family.h"

// All ops of int16 codes.

namespace nputwin {

/// Layers of int16 codes with int8 weights, by the type of the bias.
struct Int16Rules {
  RequantizeRule int64_bias, int32_bias, no_bias;
  /// FULLY_CONNECTED with one scale for all weights, if by rules of its own.
  std::optional<RequantizeRule> fully_connected_int64_bias, fully_connected_no_bias;
  bool operator==(const Int16Rules&) const = default;
};

template <>
struct FamilyTraits<Family::kInt16> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Codes of 16 bits";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kSecondRounding; }
};

}  // namespace nputwin
