#pragma once

#include <cmath>

namespace nputwin {

// Real functions in a chosen precision T: float as TFLite's kernels write them, step by step in binary32, or double.
// The elementary function inside is evaluated in binary64 and rounded once to T, so that no platform's libm shows; a
// runtime's own libm is seldom off by a unit in the last place.

struct LogisticFunction {
  template <typename T>
  T operator()(T x) const {
    return T{1} / (T{1} + static_cast<T>(std::exp(static_cast<double>(-x))));
  }
};

struct TanhFunction {
  template <typename T>
  T operator()(T x) const {
    return static_cast<T>(std::tanh(static_cast<double>(x)));
  }
};

struct ExpFunction {
  template <typename T>
  T operator()(T x) const {
    return static_cast<T>(std::exp(static_cast<double>(x)));
  }
};

struct LogFunction {
  template <typename T>
  T operator()(T x) const {
    return static_cast<T>(std::log(static_cast<double>(x)));
  }
};

struct EluFunction {
  template <typename T>
  T operator()(T x) const {
    return x < 0 ? static_cast<T>(std::expm1(static_cast<double>(x))) : x;
  }
};

/// x * P(X <= x), X normal.
struct GeluFunction {
  template <typename T>
  T operator()(T x) const {
    constexpr T kMinusRootHalf = static_cast<T>(-0.70710678118654752440);
    return T{0.5} * x * static_cast<T>(std::erfc(static_cast<double>(x * kMinusRootHalf)));
  }
};

/// The approximation of GELU by a hyperbolic tangent.
struct GeluTanhFunction {
  template <typename T>
  T operator()(T x) const {
    constexpr T kRootTwoOverPi = static_cast<T>(1.12837916709551257390 * 0.70710678118654752440);
    const T inner = kRootTwoOverPi * (x + static_cast<T>(0.044715) * x * x * x);
    return T{0.5} * x * (T{1} + static_cast<T>(std::tanh(static_cast<double>(inner))));
  }
};

}  // namespace nputwin
