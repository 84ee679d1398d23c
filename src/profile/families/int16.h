#pragma once

#include "fixed/requantize.h"
#include "profile/families/family.h"

// All ops of int16 codes.

namespace nputwin {

/// What says how many bits the sum of an int16 layer has.
enum class Int16SumWidth : std::uint8_t {
  kBias,          ///< the type of the bias; 32 without one
  kBiasOr64,      ///< the type of the bias; 64 without one
  kBiasOrOption,  ///< the type of the bias; without one quantized_bias_type, 64 where that is not set
  kBiasChecked,   ///< as kBias; the attribute quantized_bias_type, where set, must be the bias's type
  kOptionOrBias,  ///< quantized_bias_type; where it is not set, the type of the bias; 32 without both
  kOptionOr64,    ///< quantized_bias_type; 64 where it is not set: an int32 bias is then read as int64, beyond its end
};
template <>
inline constexpr std::array<std::string_view, 6> kEnumNames<Int16SumWidth> = {
    "bias", "bias_or_64", "bias_or_option", "bias_checked", "option_or_bias", "option_or_64"};

/// An int16 layer's rules.
struct Int16SumRules {
  Int16SumWidth width;
  RequantizeRule wide, narrow;  ///< of sums of 64 and of 32 bits
};

/// Layers of int16 codes with int8 weights, by the width of their sums. DEPTHWISE_CONV_2D sums in 64 bits,
/// TRANSPOSE_CONV has for 32 bits the rule of its int8 codes.
struct Int16Rules {
  RequantizeRule int64_sum, int32_sum;
  /// FULLY_CONNECTED, if by rules of its own.
  std::optional<RequantizeRule> fully_connected_int64_sum, fully_connected_int32_sum;
  Int16SumWidth convolution_width =
      Int16SumWidth::kBias;  ///< CONV_2D and TRANSPOSE_CONV, where kBiasOrOption counts as kBiasOr64
  Int16SumWidth fully_connected_width = Int16SumWidth::kBias;
  bool operator==(const Int16Rules&) const = default;
};

template <>
struct FamilyTraits<Family::kInt16> : FamilyDefaults {
  static constexpr std::string_view kLabel = "Codes of 16 bits";
  static constexpr Cause departure(const auto& /*profile*/) { return Cause::kSecondRounding; }
};

}  // namespace nputwin
