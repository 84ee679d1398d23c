#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace nputwin {

/// A sum of doubles without rounding: whatever the order and the grouping, equal terms make equal sums. Infinities and
/// NaN count as they do in floating point.
class ExactSum {
 public:
  void add(double x);
  void merge(const ExactSum& other);

  /// The double nearest to the sum, ties to even.
  [[nodiscard]] double value() const;

  /// The sum itself as a hexadecimal float of any length: "0x7dp-10" for 125 * 2^-10, "0", "-inf", "nan". Equal
  /// sums have equal texts.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static Result<ExactSum> parse(std::string_view text);

  bool operator==(const ExactSum&) const = default;

 private:
  // A fixed-point number in two's complement: bit 0 of limb 0 is worth 2^kLowest, the least double. The limbs have
  // room for 2^45 of the largest doubles.
  static constexpr int kLowest = -1074, kLimbBits = 32, kLimbs = 67;

  [[nodiscard]] bool negative() const { return limbs_.back() < 0; }
  [[nodiscard]] ExactSum magnitude() const;
  /// Brings limbs into their range, where those from `first` to before `end` may be beyond it.
  void carry(std::size_t first, std::size_t end);

  std::array<std::int64_t, kLimbs> limbs_{};  // each 0 ... 2^32 - 1 but the last, which has the sign
  bool plus_infinity_ = false, minus_infinity_ = false, nan_ = false;
};

}  // namespace nputwin
