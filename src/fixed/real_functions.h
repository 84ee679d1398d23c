#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "fixed/traced.h"

namespace nputwin {

// Real functions in a chosen precision T, plain or traced: float as TFLite's kernels write them, step by step in
// binary32, or double.
// The elementary function inside is evaluated in binary64 and rounded once to T, so that no platform's libm shows; a
// runtime's own libm is seldom off by a unit in the last place.

/// An elementary function of x, plain or traced; `python`: its name there.
template <typename F, PlainNumber T>
[[nodiscard]] T elementary(const char* /*python*/, F f, T x) {
  return static_cast<T>(f(static_cast<double>(x)));
}
template <typename F, PlainNumber T>
[[nodiscard]] Traced<T> elementary(const char* python, F f, const Traced<T>& x) {
  const double y = f(static_cast<double>(x.value()));
  if (!std::isfinite(y)) return {x.trace(), static_cast<T>(y), python_constant(y)};  // where Python stops
  return to<T>(traced::call(x, python, y));
}
#define NPUTWIN_ELEMENTARY(name, python)                         \
  template <typename N>                                          \
  [[nodiscard]] N name##_of(const N& x) {                        \
    return elementary(                                           \
        python, [](double wide) { return std::name(wide); }, x); \
  }
NPUTWIN_ELEMENTARY(exp, "math.exp")
NPUTWIN_ELEMENTARY(expm1, "math.expm1")
NPUTWIN_ELEMENTARY(log, "math.log")
NPUTWIN_ELEMENTARY(sin, "math.sin")
NPUTWIN_ELEMENTARY(cos, "math.cos")
NPUTWIN_ELEMENTARY(tanh, "math.tanh")
NPUTWIN_ELEMENTARY(erfc, "math.erfc")
NPUTWIN_ELEMENTARY(sqrt, "math.sqrt")
NPUTWIN_ELEMENTARY(floor, "math.floor")
NPUTWIN_ELEMENTARY(ceil, "math.ceil")
NPUTWIN_ELEMENTARY(nearbyint, "round")  // ties to even
#undef NPUTWIN_ELEMENTARY

/// The angle of the point (x, y).
[[nodiscard]] inline float atan2_of(float y, float x) {
  return static_cast<float>(std::atan2(static_cast<double>(y), static_cast<double>(x)));
}
[[nodiscard]] inline Traced<float> atan2_of(const Traced<float>& y, const Traced<float>& x) {
  return {traced::trace_of(y, x), atan2_of(y.value(), x.value()),
          "f32(math.atan2(" + y.python() + ", " + x.python() + "))"};
}

/// x to the power y, in binary64, rounded once to T.
template <PlainNumber T>
[[nodiscard]] T pow_of(T x, T y) {
  return static_cast<T>(std::pow(static_cast<double>(x), static_cast<double>(y)));
}
template <PlainNumber T>
[[nodiscard]] Traced<T> pow_of(const Traced<T>& x, const Traced<T>& y) {
  const T value = pow_of(x.value(), y.value());
  if (!std::isfinite(value)) return {traced::trace_of(x, y), value, python_constant(value)};  // where Python stops
  return to<T>(Traced<double>(traced::trace_of(x, y), static_cast<double>(value),
                              "math.pow(" + x.python() + ", " + y.python() + ")"));
}

struct LogisticFunction {
  template <typename T>
  T operator()(const T& x) const {
    return T{1} / (T{1} + exp_of(-x));
  }
};

struct TanhFunction {
  template <typename T>
  T operator()(const T& x) const {
    return tanh_of(x);
  }
};

struct SinFunction {
  template <typename T>
  T operator()(const T& x) const {
    return sin_of(x);
  }
};

struct CosFunction {
  template <typename T>
  T operator()(const T& x) const {
    return cos_of(x);
  }
};

struct ExpFunction {
  template <typename T>
  T operator()(const T& x) const {
    return exp_of(x);
  }
};

/// exp as XNNPACK computes it in binary32: 2^z * p(r)/q(r) with z + r = x*log2(e), z the nearest integer,
/// multiplications and additions of the polynomials fused. Source: XNNPACK src/f32-vexp/rational-3-2.c.in.
inline float xnnpack_exp(float x) {
  constexpr float kLog2E = 1.44269504089F,
                  kRounder = 12582912.0F;  // 1.5 * 2^23: addition rounds to an integer
  const float scaled = std::fmin(std::fmax(x * kLog2E, -127.0F), 128.0F);
  const float z = (kRounder + scaled) - kRounder, r = scaled - z;
  const float p = std::fma(r, std::fma(r, std::fma(r, 5.5380910635e-03F, 7.2068706155e-02F), 4.1594290733e-01F), 1.0F);
  const float q = std::fma(r, std::fma(r, 2.3986088112e-02F, -2.7720427513e-01F), 1.0F);
  // 2^z from its exponent bits: 2^-127 counts as 0, 2^128 as infinity.
  const float power = std::bit_cast<float>(static_cast<std::uint32_t>(static_cast<std::int32_t>(z) + 127) << 23);
  return power * (p / q);
}
inline Traced<float> xnnpack_exp(const Traced<float>& x) {
  return traced::call(x, "xnnpack_exp", xnnpack_exp(x.value()));
}

struct LogFunction {
  template <typename T>
  T operator()(const T& x) const {
    return log_of(x);
  }
};

struct EluFunction {
  template <typename T>
  T operator()(const T& x) const {
    return x < 0 ? expm1_of(x) : x;
  }
};

/// x * P(X <= x), X normal.
struct GeluFunction {
  template <typename T>
  T operator()(const T& x) const {
    constexpr auto kMinusRootHalf = static_cast<Plain<T>>(-0.70710678118654752440);
    return static_cast<Plain<T>>(0.5) * x * erfc_of(T(x * kMinusRootHalf));
  }
};

/// The approximation of GELU by a hyperbolic tangent.
struct GeluTanhFunction {
  template <typename T>
  T operator()(const T& x) const {
    constexpr auto kRootTwoOverPi = static_cast<Plain<T>>(1.12837916709551257390 * 0.70710678118654752440);
    const T inner = kRootTwoOverPi * (x + static_cast<Plain<T>>(0.044715) * x * x * x);
    return static_cast<Plain<T>>(0.5) * x * (T{1} + tanh_of(inner));
  }
};

}  // namespace nputwin
