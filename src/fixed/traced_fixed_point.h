#pragma once

#include "fixed/fixed_point.h"
#include "fixed/traced.h"

// gemmlowp's functions (fixed_point.h) on traced numbers: their values, and calls of the same functions in Python.

namespace nputwin {

namespace fixed {
template <std::integral Raw>
[[nodiscard]] Traced<Raw> mul(const Traced<Raw>& a, Raw b) {
  if (a.trace() != nullptr)
    a.trace()->add("times " + std::to_string(b) + " / 2^" + std::to_string(kBits<Raw>),
                   static_cast<Int128>(a.value()) * b, kBits<Raw>);
  return noted("rounded half up", traced::call(a, "fixed_mul", mul(a.value(), b),
                                               ", " + std::to_string(b) + ", " + std::to_string(kBits<Raw>)));
}
}  // namespace fixed

template <std::integral Raw>
[[nodiscard]] Traced<Raw> saturating_multiply_by_pot(const Traced<Raw>& x, int exponent) {
  if (exponent == 0) return x;
  return traced::call(x, "fixed_by_pot", saturating_multiply_by_pot(x.value(), exponent),
                      ", " + std::to_string(exponent) + ", " + std::to_string(fixed::kBits<Raw>));
}

#define NPUTWIN_TRACED_FUNCTION(function)                                                                       \
  template <std::integral Raw>                                                                                  \
  [[nodiscard]] Traced<Raw> function(const Traced<Raw>& a, int integer_bits) {                                  \
    return noted(#function,                                                                                     \
                 traced::call(a, #function, function(a.value(), integer_bits),                                  \
                              ", " + std::to_string(integer_bits) + ", " + std::to_string(fixed::kBits<Raw>))); \
  }
NPUTWIN_TRACED_FUNCTION(exp_on_negative)
NPUTWIN_TRACED_FUNCTION(fixed_logistic)
NPUTWIN_TRACED_FUNCTION(fixed_tanh)
#undef NPUTWIN_TRACED_FUNCTION

[[nodiscard]] inline Traced<std::int32_t> fixed_log(const Traced<std::int32_t>& x, int integer_bits, int result_bits) {
  return noted("its logarithm, in fixed point",
               traced::call(x, "fixed_log", fixed_log(x.value(), integer_bits, result_bits),
                            ", " + std::to_string(integer_bits) + ", " + std::to_string(result_bits)));
}

struct TracedReciprocal {
  Traced<std::int32_t> value;
  int bits_over_unit;
};
[[nodiscard]] inline TracedReciprocal reciprocal(const Traced<std::int32_t>& x, int integer_bits) {
  const Reciprocal r = reciprocal(x.value(), integer_bits);
  return {noted("its reciprocal, by Newton steps",
                Traced<std::int32_t>(x.trace(), r.value,
                                     "reciprocal(" + x.python() + ", " + std::to_string(integer_bits) + ")")),
          r.bits_over_unit};
}

}  // namespace nputwin
