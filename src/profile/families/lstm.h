#pragma once

#include "profile/families/family.h"

// UNIDIRECTIONAL_SEQUENCE_LSTM.

namespace nputwin {

template <>
struct FamilyTraits<Family::kLstm> : FamilyDefaults {
  static constexpr std::string_view kLabel = "LSTM";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kSecondRounding; }
};

}  // namespace nputwin
