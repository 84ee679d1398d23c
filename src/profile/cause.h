#pragma once

#include <array>
#include <cstdint>

#include "base/enum_names.h"

namespace nputwin {

/// The step of the arithmetic at which two sides diverge, for an element that differs although the inputs are equal.
enum class Cause : std::uint8_t {
  kTie,              ///< halfway between two codes, and the two break ties differently
  kMultiplier,       ///< the scale as an integer of fewer bits, or formed in another precision
  kSecondRounding,   ///< one side rounds a value that has been rounded before
  kBinary32Product,  ///< the product of sum and scale as a binary32 number
  kProductWidth,     ///< the product of sum and scale cut to some bits
  kZeroPointOrder,   ///< the zero point added before or after the rounding
  kOverflow,         ///< a sum too large for a register: of how many bits, and what it does with the sum
  kTable,            ///< a function by a table or an approximation of its own
  kSubstitution,     ///< another op computes this one
  kAccumulator,      ///< the sum itself: without the weights' zero point
  kUnknown,          ///< one side is a capture: nobody knows its steps
};

template <>
inline constexpr std::array<std::string_view, 11> kEnumNames<Cause> = {
    "tie",   "multiplier width", "second rounding", "binary32 product", "product width", "zero-point order", "overflow",
    "table", "op substitution",  "accumulator",     "unknown"};

}  // namespace nputwin
