#pragma once

#include <cstdint>

#include "fixed/multiplier.h"
#include "kernels/isa.h"

namespace nputwin {

/// Each of `count` numbers in place.
struct MultiplyKernels {
  enum class Then : std::uint8_t { kFloor, kHalfUp, kHalfAway };
  /// What is done to a number: x = x * 2^left, which wraps; the bits from 32 on of x * multiplier * 2^twice + nudge;
  /// those divided by 2^right, 0 <= right <= 30, rounded as said.
  struct Steps {
    int left = 0;
    std::int32_t multiplier = 0;  ///< not negative
    int twice = 0;                ///< 0 or 1
    std::int64_t nudge = 0;
    int right = 0;
    Then then = Then::kFloor;
  };
  void (*multiply)(std::int32_t* x, std::int64_t count, const Steps& steps) = nullptr;
  /// x / 2^right, half away from zero.
  void (*divide)(std::int32_t* x, std::int64_t count, int right) = nullptr;
};

/// For every instruction set but "scalar".
#define NPUTWIN_MULTIPLY(name) [[nodiscard]] MultiplyKernels multiply_##name(const Isa& isa);
#include "kernels/multiply/kernels.inc"
#undef NPUTWIN_MULTIPLY

/// FixedPointMultiply (fixed/multiplier.h) of many numbers by one scale. By vectors where the scale allows it, as all
/// do that make numbers smaller.
class ManyMultiply {
 public:
  ManyMultiply() = default;
  ManyMultiply(FixedPointMultiply multiply, QuantizedMultiplier scale, const Isa& isa,
               Rounding second = Rounding::kHalfAwayFromZero);

  void operator()(std::int32_t* x, std::int64_t count) const {
    if (kernels_.multiply != nullptr) return kernels_.multiply(x, count, steps_);
    for (std::int64_t i = 0; i < count; ++i) x[i] = multiply_(x[i], scale_, second_);
  }
  [[nodiscard]] bool by_vectors() const { return kernels_.multiply != nullptr; }

 private:
  FixedPointMultiply multiply_;
  QuantizedMultiplier scale_;
  Rounding second_ = Rounding::kHalfAwayFromZero;
  MultiplyKernels kernels_;
  MultiplyKernels::Steps steps_;
};

}  // namespace nputwin
