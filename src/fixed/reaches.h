#pragma once

#include <cstdint>

#include "fixed/requantize.h"

namespace nputwin {

/// Whether a sum becomes a code or one above it: requantize(rule, sum, scale, zero_point) >= code. By one product and
/// one comparison where the rule rounds once to the nearest integer, which is many times as fast; else by the
/// definition.
///
/// round(x) >= n exactly where x > n - 1/2, or x = n - 1/2 and the tie rounds up: for 5/2, half up gives 3 and half to
/// even 2; for -5/2 they give -2 and -2.
class Reaches {
 public:
  /// `largest_sum` bounds |sum|; the rule's register holds it.
  Reaches(const RequantizeRule& rule, const EffectiveMultiplier& scale, std::int32_t zero_point,
          std::int64_t largest_sum);

  /// `code`: 16 bits.
  [[nodiscard]] bool operator()(std::int64_t sum, std::int32_t code) const {
    switch (by_) {
      case By::kInteger: {
        const std::int64_t n = std::int64_t{code} - outside_;
        const std::int64_t tie = (2 * (n - inside_) - 1) << (shift_ - 1);
        const std::int64_t product = (sum + added_) * scale_.fixed.multiplier;
        return product > tie || (product == tie && tie_rounds_up(n));
      }
      case By::kBinary32: {
        const float product = static_cast<float>(sum) * scale_.binary32;
        return is_above(static_cast<double>(inside_ == 0 ? product : product + static_cast<float>(inside_)), code);
      }
      case By::kBinary64:
        return is_above(static_cast<double>(sum) * scale_.binary64 + inside_, code);
      case By::kDefinition:
        break;
    }
    return requantize(rule_, sum, scale_, zero_point_) >= code;
  }

 private:
  enum class By : std::uint8_t { kInteger, kBinary32, kBinary64, kDefinition };

  [[nodiscard]] By way(std::int64_t largest_sum) const;
  /// Of n - 1/2, to n.
  [[nodiscard]] bool tie_rounds_up(std::int64_t n) const {
    switch (rule_.rounding) {
      case Rounding::kHalfUp:
        return true;
      case Rounding::kHalfAwayFromZero:
        return n >= 1;
      case Rounding::kHalfToEven:
        return n % 2 == 0;
      case Rounding::kHalfTowardZero:
        return n < 1;
      default:
        return false;
    }
  }
  [[nodiscard]] bool is_above(double x, std::int32_t code) const {
    const std::int64_t n = std::int64_t{code} - outside_;
    const double tie = static_cast<double>(n) - 0.5;
    return x > tie || (x == tie && tie_rounds_up(n));
  }

  RequantizeRule rule_;
  EffectiveMultiplier scale_;
  std::int32_t zero_point_ = 0;
  std::int32_t inside_ = 0, outside_ = 0;  // the zero point, before the rounding or after it
  std::int64_t added_ = 0;                 // the zero point, to the sum
  int shift_ = 0;
  By by_ = By::kDefinition;
};

}  // namespace nputwin
