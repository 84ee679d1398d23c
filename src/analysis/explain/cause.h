#pragma once

#include <array>
#include <cstdint>

#include "base/enum_names.h"
#include "profile/profile.h"

namespace nputwin {

/// The step of the arithmetic at which two sides part, for an element that differs although the inputs are equal.
enum class Cause : std::uint8_t {
  kTie,              ///< halfway between two codes, and the two break ties differently
  kMultiplier,       ///< the scale as an integer of fewer bits, or formed in another precision
  kSecondRounding,   ///< one side rounds a value that has been rounded before
  kBinary32Product,  ///< the product of sum and scale as a binary32 number
  kProductWidth,     ///< the product of sum and scale cut to some bits
  kZeroPointOrder,   ///< the zero point added before or after the rounding
  kSaturation,       ///< what a register does with a sum too large for it
  kTable,            ///< a function by a table or an approximation of its own
  kSubstitution,     ///< another op computes this one
  kAccumulator,      ///< the sum itself: in fewer bits, or without the weights' zero point
  kUnknown,          ///< one side is a capture: nobody knows its steps
};

template <>
inline constexpr std::array<std::string_view, 11> kNames<Cause> = {"tie",
                                                                   "multiplier width",
                                                                   "second rounding",
                                                                   "binary32 product",
                                                                   "product width",
                                                                   "zero-point order",
                                                                   "saturation",
                                                                   "table",
                                                                   "op substitution",
                                                                   "accumulator",
                                                                   "unknown"};

/// How many elements each cause has.
class CauseCounts {
 public:
  void add(Cause cause, std::int64_t elements = 1) { counts_[static_cast<std::size_t>(cause)] += elements; }
  [[nodiscard]] std::int64_t operator[](Cause cause) const { return counts_[static_cast<std::size_t>(cause)]; }
  [[nodiscard]] std::int64_t total() const;
  /// Calls f(cause, elements) for those with elements, the most frequent first.
  template <typename F>
  void each(F&& f) const {
    for (const Cause cause : by_frequency()) {
      if ((*this)[cause] > 0) f(cause, (*this)[cause]);
    }
  }

 private:
  [[nodiscard]] std::array<Cause, kNames<Cause>.size()> by_frequency() const;
  std::array<std::int64_t, kNames<Cause>.size()> counts_{};
};

/// By what a family's method, where it is not a RequantizeRule, departs from the exact result; kSubstitution where it
/// is exact or computes something else.
[[nodiscard]] Cause departure_of(const Profile& profile, Family family);

}  // namespace nputwin
