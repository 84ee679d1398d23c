#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

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

struct SinFunction {
  template <typename T>
  T operator()(T x) const {
    return static_cast<T>(std::sin(static_cast<double>(x)));
  }
};

struct CosFunction {
  template <typename T>
  T operator()(T x) const {
    return static_cast<T>(std::cos(static_cast<double>(x)));
  }
};

struct ExpFunction {
  template <typename T>
  T operator()(T x) const {
    return static_cast<T>(std::exp(static_cast<double>(x)));
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
