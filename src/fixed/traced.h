#pragma once

#include <charconv>
#include <cmath>
#include <compare>
#include <string>
#include <type_traits>

#include "base/checked.h"
#include "fixed/multiplier.h"
#include "fixed/requantize.h"
#include "fixed/rounding.h"
#include "fixed/trace.h"

// An op's definition is written once, as a template of its number type. On int32_t, float or double it is what kernels
// run; on Traced<...> it computes the same and notes each step and the Python for it. `to`, `noted` and the functions
// below take both kinds of number.

namespace nputwin {

/// Python for a constant: an integer, or the shortest decimal number that is exactly this one.
template <PlainNumber T>
[[nodiscard]] std::string python_constant(T value) {
  if constexpr (std::is_integral_v<T>) {
    return std::to_string(value);
  } else {
    const auto wide = static_cast<double>(value);
    if (!std::isfinite(wide)) return std::isnan(wide) ? "math.nan" : wide > 0 ? "math.inf" : "-math.inf";
    char text[32];
    std::string result(text, std::to_chars(text, text + sizeof text, wide).ptr);
    return result.find_first_of(".e") == std::string::npos ? result + ".0" : result;
  }
}

/// A number that knows how it came about.
template <PlainNumber T>
class Traced {
 public:
  using Plain = T;

  /// A constant.
  Traced(T value) : value_(value), python_(python_constant(value)), atom_(value >= 0) {}
  /// `atom`: the Python needs no parentheses inside other expressions.
  Traced(Trace* trace, T value, std::string python, bool atom = true)
      : trace_(trace), value_(value), python_(std::move(python)), atom_(atom) {}
  /// A wider integer.
  template <std::integral U>
  requires(std::is_integral_v<T> && sizeof(U) < sizeof(T)) Traced(const Traced<U>& narrow)
      : Traced(narrow.trace(), narrow.value(), narrow.python(), narrow.atom()) {}

  [[nodiscard]] Trace* trace() const { return trace_; }
  [[nodiscard]] T value() const { return value_; }
  [[nodiscard]] const std::string& python() const { return python_; }
  [[nodiscard]] bool atom() const { return atom_; }
  /// As a part of a larger expression.
  [[nodiscard]] std::string part() const { return atom_ ? python_ : "(" + python_ + ")"; }

  /// This element's Python takes the branch that the comparison chose.
  friend bool operator==(const Traced& a, const Traced& b) { return a.value_ == b.value_; }
  friend auto operator<=>(const Traced& a, const Traced& b) { return a.value_ <=> b.value_; }

  Traced operator-() const { return {trace_, static_cast<T>(-value_), "-" + part(), false}; }

 private:
  Trace* trace_ = nullptr;
  T value_;
  std::string python_;
  bool atom_;
};

template <typename N>
inline constexpr bool kIsTraced = false;
template <typename T>
inline constexpr bool kIsTraced<Traced<T>> = true;
template <typename N>
concept TracedNumber = kIsTraced<N>;

template <typename N>
struct PlainOf {
  using Type = N;
};
template <typename T>
struct PlainOf<Traced<T>> {
  using Type = T;
};
/// The plain type of a number of either kind, and its plain value.
template <typename N>
using Plain = typename PlainOf<N>::Type;
template <PlainNumber T>
[[nodiscard]] constexpr T plain(T x) {
  return x;
}
template <PlainNumber T>
[[nodiscard]] T plain(const Traced<T>& x) {
  return x.value();
}

/// A number of type T of the kind of N.
template <typename T, typename N>
using Like = std::conditional_t<kIsTraced<N>, Traced<T>, T>;
/// What the definitions of ops on codes return: an output code before the clamp.
template <typename N>
using Wide = Like<std::int64_t, N>;

namespace traced {

template <PlainNumber T>
[[nodiscard]] Traced<T> number(T x) {
  return x;
}
template <PlainNumber T>
[[nodiscard]] Traced<T> number(const Traced<T>& x) {
  return x;
}

template <typename A, typename B>
[[nodiscard]] Trace* trace_of(const A& a, const B& b) {
  return a.trace() != nullptr ? a.trace() : b.trace();
}

/// a `op` b, whose value is known; binary32 results are rounded to it.
template <PlainNumber R, typename A, typename B>
[[nodiscard]] Traced<R> joined(const A& a, const char* op, const B& b, R value) {
  std::string text = a.part() + op + b.part();
  if constexpr (std::is_same_v<R, float>) return {trace_of(a, b), value, "f32(" + text + ")"};
  return {trace_of(a, b), value, std::move(text), false};
}

template <PlainNumber R, typename A>
[[nodiscard]] Traced<R> call(const A& a, const std::string& function, R value, const std::string& arguments = {}) {
  return {a.trace(), value, function + "(" + a.python() + arguments + ")"};
}

template <typename A, typename B>
concept Pair = (TracedNumber<A> && (TracedNumber<B> || PlainNumber<B>)) || (PlainNumber<A> && TracedNumber<B>);

}  // namespace traced

#define NPUTWIN_TRACED_OPERATOR(op)                                   \
  template <typename A, typename B>                                   \
  requires traced::Pair<A, B>                                         \
  [[nodiscard]] auto operator op(const A& a, const B& b) {            \
    const auto x = traced::number(a);                                 \
    const auto y = traced::number(b);                                 \
    return traced::joined(x, " " #op " ", y, x.value() op y.value()); \
  }
NPUTWIN_TRACED_OPERATOR(+)
NPUTWIN_TRACED_OPERATOR(-)
NPUTWIN_TRACED_OPERATOR(*)
#undef NPUTWIN_TRACED_OPERATOR

/// Of integers cut toward zero.
template <typename A, typename B>
requires traced::Pair<A, B>
[[nodiscard]] auto operator/(const A& a, const B& b) {
  const auto x = traced::number(a);
  const auto y = traced::number(b);
  const auto value = x.value() / y.value();
  if constexpr (std::is_integral_v<Plain<A>> && std::is_integral_v<Plain<B>>) {
    return traced::call(x, "cut_division", value, ", " + y.python());
  } else if (y.value() == 0) {  // Python stops where C++ gives an infinity
    return Traced(traced::trace_of(x, y), value, python_constant(value));
  } else {
    return traced::joined(x, " / ", y, value);
  }
}
template <std::integral T>
[[nodiscard]] auto operator<<(const Traced<T>& x, int shift) {
  return traced::joined(x, " << ", Traced<int>(shift), x.value() << shift);
}
template <std::integral T>
[[nodiscard]] auto operator>>(const Traced<T>& x, int shift) {
  return traced::joined(x, " >> ", Traced<int>(shift), x.value() >> shift);
}

template <std::integral T>
[[nodiscard]] auto operator&(const Traced<T>& x, int mask) {
  return traced::joined(x, " & ", Traced<int>(mask), x.value() & mask);
}

// a op b of two integers of one type whose registers wrap, plain or traced.
#define NPUTWIN_WRAPPING(name, op)                                                                        \
  template <std::integral T>                                                                              \
  [[nodiscard]] T name(T a, T b) {                                                                        \
    using U = std::make_unsigned_t<T>;                                                                    \
    return static_cast<T>(static_cast<U>(a) op static_cast<U>(b));                                        \
  }                                                                                                       \
  template <std::integral T>                                                                              \
  [[nodiscard]] Traced<T> name(const Traced<T>& a, const Traced<T>& b) {                                  \
    return {traced::trace_of(a, b), name(a.value(), b.value()),                                           \
            "wrapped(" + a.part() + " " #op " " + b.part() + ", " + std::to_string(8 * sizeof(T)) + ")"}; \
  }
NPUTWIN_WRAPPING(wrapping_add, +)
NPUTWIN_WRAPPING(wrapping_sub, -)
NPUTWIN_WRAPPING(wrapping_mul, *)
#undef NPUTWIN_WRAPPING

/// a + b in T: integers wrap, reals round.
template <PlainNumber T>
[[nodiscard]] T sum_of(T a, T b) {
  if constexpr (std::is_integral_v<T>) {
    return wrapping_add(a, b);
  } else {
    return a + b;
  }
}

/// static_cast; integers are cut to the lower bits.
template <PlainNumber To, PlainNumber T>
[[nodiscard]] constexpr To to(T x) {
  return static_cast<To>(x);
}
template <PlainNumber To, PlainNumber T>
[[nodiscard]] Traced<To> to(const Traced<T>& x) {
  const auto value = static_cast<To>(x.value());
  const auto keep = [&] { return Traced<To>(x.trace(), value, x.python(), x.atom()); };
  if constexpr (std::is_same_v<To, T>) {
    return x;
  } else if constexpr (std::is_same_v<To, float>) {
    return traced::call(x, "f32", value);
  } else if constexpr (std::is_same_v<To, double>) {
    return std::is_integral_v<T> ? traced::call(x, "float", value) : keep();
  } else if constexpr (std::is_floating_point_v<T>) {
    return traced::call(x, "int", value);
  } else if constexpr (sizeof(To) < sizeof(T)) {
    return traced::call(x, "wrapped", value, ", " + std::to_string(8 * sizeof(To)));
  } else {
    return keep();
  }
}

/// x, noted as a step of that name.
template <PlainNumber T>
[[nodiscard]] constexpr T noted(const char* /*what*/, T x) {
  return x;
}
template <PlainNumber T>
[[nodiscard]] Traced<T> noted(const std::string& what, const Traced<T>& x) {
  if (x.trace() == nullptr) return x;
  if constexpr (std::is_integral_v<T>) {
    x.trace()->add(what, x.value());
  } else {
    x.trace()->add_real(what, static_cast<double>(x.value()));
  }
  if (x.trace()->is_variable(x.python())) return x;
  return {x.trace(), x.value(), x.trace()->assign(x.python(), what)};
}

/// x, where a factor that it is about to get is noted as a step of that name.
template <PlainNumber T, PlainNumber M>
[[nodiscard]] constexpr T before_factor(const char* /*what*/, T x, M /*factor*/) {
  return x;
}
template <PlainNumber T, PlainNumber M>
[[nodiscard]] Traced<T> before_factor(const char* what, const Traced<T>& x, M factor) {
  if (x.trace() != nullptr) x.trace()->add_real(what, static_cast<double>(factor));
  return x;
}
/// x * factor, the factor noted likewise.
template <typename N, PlainNumber M>
[[nodiscard]] auto times(const char* what, const N& x, M factor) {
  return before_factor(what, x, factor) * factor;
}

/// |x|.
template <PlainNumber T>
[[nodiscard]] T magnitude(T x) {
  return static_cast<T>(std::abs(x));
}
template <PlainNumber T>
[[nodiscard]] Traced<T> magnitude(const Traced<T>& x) {
  return traced::call(x, "abs", magnitude(x.value()));
}

/// x between lo and hi, all of one type.
template <PlainNumber T>
[[nodiscard]] constexpr T clamped(T x, T lo, T hi) {
  return x < lo ? lo : x > hi ? hi : x;
}
template <PlainNumber T>
[[nodiscard]] Traced<T> clamped(const Traced<T>& x, T lo, T hi) {
  const std::string low = python_constant(lo), high = python_constant(hi);
  return {x.trace(), clamped(x.value(), lo, hi), "min(max(" + x.python() + ", " + low + "), " + high + ")"};
}

[[nodiscard]] inline Traced<std::int32_t> wrap_int32(const Traced<std::int64_t>& x) { return to<std::int32_t>(x); }
template <std::integral To>
[[nodiscard]] Traced<To> saturate_cast(const Traced<std::int64_t>& x) {
  using Limits = std::numeric_limits<To>;
  return to<To>(clamped<std::int64_t>(x, Limits::min(), Limits::max()));
}

/// Python's name for a rounding of x / 2^n, and of a real number.
[[nodiscard]] std::string python_shift(Rounding rounding);
[[nodiscard]] std::string python_round(Rounding rounding);

template <std::integral T>
[[nodiscard]] Traced<T> shift_right_rounded(const Traced<T>& x, int shift, Rounding rounding) {
  if (shift == 0) return x;
  if (x.trace() != nullptr) x.trace()->add("divided by 2^" + std::to_string(shift), x.value(), shift);
  return noted("rounded, ties " + std::string(name(rounding)),
               traced::call(x, python_shift(rounding), shift_right_rounded<T>(x.value(), shift, rounding),
                            ", " + std::to_string(shift)));
}
[[nodiscard]] inline Traced<std::int32_t> rounding_divide_by_pot(const Traced<std::int32_t>& x, int exponent) {
  return to<std::int32_t>(shift_right_rounded(to<std::int64_t>(x), exponent, Rounding::kHalfAwayFromZero));
}
/// a / b, rounded, for integers.
template <std::integral T>
[[nodiscard]] Traced<T> divide_rounded(const Traced<T>& a, T b, Rounding rounding) {
  if (a.trace() != nullptr)
    a.trace()->add_real("divided by " + std::to_string(b), static_cast<double>(a.value()) / static_cast<double>(b));
  return noted("rounded, ties " + std::string(name(rounding)),
               Traced<T>(a.trace(), divide_rounded<T>(a.value(), b, rounding),
                         python_round(rounding) + "(Fraction(" + a.python() + ", " + std::to_string(b) + "))"));
}
[[nodiscard]] Traced<std::int32_t> round_real(const Traced<double>& x, Rounding rounding);
[[nodiscard]] inline Traced<std::int32_t> round_half_even_small(const Traced<float>& x) {
  return round_real(to<double>(x), Rounding::kHalfToEven);
}
[[nodiscard]] inline Traced<std::int32_t> round_half_away_small(const Traced<float>& x) {
  return round_real(to<double>(x), Rounding::kHalfAwayFromZero);
}
/// a*b + c in binary32, with at least one traced number.
template <typename A, typename B, typename C>
requires(TracedNumber<A> || TracedNumber<B> || TracedNumber<C>)
    [[nodiscard]] Traced<float> multiply_add(const A& a, const B& b, const C& c, bool fused) {
  const Traced<float> x = traced::number(a), y = traced::number(b), z = traced::number(c);
  if (!fused) return x * y + z;
  Trace* trace = traced::trace_of(x, y) != nullptr ? traced::trace_of(x, y) : z.trace();
  return {trace, multiply_add(x.value(), y.value(), z.value(), true),
          "fma32(" + x.python() + ", " + y.python() + ", " + z.python() + ")"};
}

/// The high multiply of a value by a multiplier in Q0.31: before and after its rounding.
[[nodiscard]] Traced<std::int32_t> saturating_rounding_doubling_high_mul(const Traced<std::int32_t>& a, std::int32_t b);
[[nodiscard]] Traced<std::int32_t> saturating_rounding_doubling_high_mul(const Traced<std::int32_t>& a,
                                                                         const Traced<std::int32_t>& b);
[[nodiscard]] Traced<std::int32_t> shift_left_wrapping(const Traced<std::int32_t>& x, int shift);

/// requantize and accumulator_register: their definitions note the steps.
[[nodiscard]] Traced<std::int32_t> requantize(const RequantizeRule& rule, const Traced<std::int64_t>& acc,
                                              const EffectiveMultiplier& scale, std::int32_t zero_point);
[[nodiscard]] Traced<std::int64_t> accumulator_register(const RequantizeRule& rule, const Traced<std::int64_t>& acc);

template <typename N>
requires std::integral<typename N::Plain> Traced<std::int32_t> FixedPointMultiply::operator()(const N& x,
                                                                                              QuantizedMultiplier m,
                                                                                              Rounding second) const {
  RequantizeRule rule{.rounding = second};
  if (roundings == FixedPointRoundings::kOne) {
    rule.method = RequantizeRule::Method::kOneStep;
    rule.rounding = Rounding::kHalfUp;
  }
  return requantize(rule, x, {m, 0, 0}, 0);
}

}  // namespace nputwin
