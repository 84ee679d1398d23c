#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <optional>

#include "fixed/traced_fixed_point.h"
#include "kernels/explain.h"
#include "ops/op.h"
#include "profile/profile.h"

namespace nputwin::ops::softmax {

/// A row of 8-bit codes.
struct Row {
  const std::int32_t* distance;  // d of each element
  std::int32_t* out;             // the code before zero point and clamp
  int count;
};

/// A method: the exponential of d, how exponentials add up, and the code of one of them; its Python for the first two,
/// of the list `d` and of the list `e` that the first gives. code() takes plain and traced numbers. A method may have
/// defined(sum): whether the runtime's code has a defined result for such a row; compute() is false where it has none.
/// And of(sum): what code() makes of the sum first, which then is code_of()'s.
template <typename Method>
[[nodiscard]] bool compute(const Method& method, const Row& row) {
  auto sum = method.start();
  for (int i = 0; i < row.count; ++i) sum = method.add(sum, method.exponential(row.distance[i]));
  if constexpr (requires { method.defined(sum); }) {
    if (!method.defined(sum)) return false;
  }
  if constexpr (requires { method.of(sum); }) {
    const auto of_sum = method.of(sum);
    for (int i = 0; i < row.count; ++i) row.out[i] = method.code_of(method.exponential(row.distance[i]), of_sum);
  } else {
    for (int i = 0; i < row.count; ++i)
      row.out[i] = method.code(method.exponential(row.distance[i]), sum, i, row.count);
  }
  return true;
}

/// The same of one element, traced.
template <typename Method>
Traced<std::int32_t> explain(const Method& method, const Row& row, int element, Trace& trace) {
  auto sum = method.start();
  for (int i = 0; i < row.count; ++i) sum = method.add(sum, method.exponential(row.distance[i]));
  explained_list("d", std::vector<std::int32_t>(row.distance, row.distance + row.count), trace,
                 "quantized values - the row's largest");
  trace.line("e = [" + method.python_exponential() + " for x in d]", "the exponentials");
  const auto e = method.exponential(row.distance[element]);
  const auto traced_e = noted("the element's exponential", Traced(&trace, e, "e[" + std::to_string(element) + "]"));
  const auto traced_sum = noted("sum of the row's exponentials", Traced(&trace, sum, method.python_sum()));
  return method.code(traced_e, traced_sum, element, row.count);
}

/// SoftmaxMethod::kFixedPoint begins with a multiplier, beta * s_in * 2^26, which must exceed 1: the runtime ends
/// otherwise.
[[nodiscard]] inline Status check_fixed_point_scale(const TensorSpec& in, double beta) {
  if (beta * static_cast<double>(in.scale()) * (1 << 26) > 1) return {};
  return error("'{}' has scale {}: times beta, {}, it must exceed 2^-26, or the runtime ends", in.name, in.scale(),
               beta);
}

/// SOFTMAX's methods for 8-bit codes; softmax.cc has the formulas.
class Exponentials {
 public:
  Exponentials(SoftmaxMethod method, RealRule real, float beta, const TensorSpec& in, const TensorSpec& out)
      : method_(method),
        real_(method == SoftmaxMethod::kReal ? real : RealRule{}),
        zero_(out.zero_point()),
        uint8_(out.type == DType::kUInt8),
        bits_(static_cast<int>(8 * size_of(out.type))),
        s_out_(out.scale()) {
    const double step = static_cast<double>(beta) * static_cast<double>(in.scale());
    for (int d = 0; d < 256; ++d) {
      const double x = static_cast<double>((-in.scale() * beta) * static_cast<float>(d));
      table32_[static_cast<std::size_t>(d)] = static_cast<float>(std::exp(x));
      table16_[static_cast<std::size_t>(d)] =
          static_cast<std::int32_t>(static_cast<double>(table32_[static_cast<std::size_t>(d)] * 65535.0F) + 0.5);
      table64_[static_cast<std::size_t>(d)] = std::exp(-step * d);
    }
    step_ = step;
    step32_ = -in.scale() * beta;
    counts_ = std::min(4294967295.0 / in.shape.back(), 8388607.0);
    for (std::size_t d = 0; d < 256; ++d) {
      const double e = table64_[d];
      integers_[d] = method == SoftmaxMethod::kUint32Table ? round_real(counts_ * e, Rounding::kHalfToEven)
                                                           : round_real(std::ldexp(e, 31), Rounding::kHalfAwayFromZero);
    }
    input_ = quantize_multiplier(std::min(step * (1 << 26), 2147483647.0));
    radius_ = round_real(-std::floor(std::ldexp(31.0 * (1 << 26), -input_.exponent)), Rounding::kFloor);
    for (std::int32_t d = 0; method == SoftmaxMethod::kFixedPoint && d < 256; ++d)
      fixed_[static_cast<std::size_t>(d)] = FixedPoint{*this}.computed(-d);
  }

  /// False: the row's result is undefined.
  [[nodiscard]] bool operator()(const Row& row) const {
    bool defined = true;
    with_method([&](const auto& method) { defined = compute(method, row); });
    return defined;
  }
  [[nodiscard]] Traced<std::int32_t> explained(const Row& row, int element, Trace& trace) const {
    std::optional<Traced<std::int32_t>> code;
    with_method([&](const auto& method) { code = explain(method, row, element, trace); });
    return *code;
  }
  bool operator==(const Exponentials&) const = default;

 private:
  static std::size_t at(std::int32_t d) { return static_cast<std::size_t>(-d); }

  template <typename F>
  void with_method(F&& f) const {
    switch (method_) {
      case SoftmaxMethod::kFixedPoint:
        return f(FixedPoint{*this});
      case SoftmaxMethod::kBinary32Table:
        return f(Binary32Table{*this});
      case SoftmaxMethod::kUint16Table:
        return f(Uint16Table{*this});
      case SoftmaxMethod::kUint32Table:
        return f(Uint32Table{*this});
      case SoftmaxMethod::kFixedPointTable:
        return f(FixedPointTable{*this});
      case SoftmaxMethod::kReal:
        return f(Real{*this});
    }
  }

  struct FixedPoint {
    const Exponentials& s;
    [[nodiscard]] static std::int32_t start() { return 0; }
    [[nodiscard]] std::int32_t exponential(std::int32_t d) const { return s.fixed_[at(d)]; }
    [[nodiscard]] std::int32_t computed(std::int32_t d) const {
      if (d < s.radius_) return 0;
      const std::int32_t x = shift_left_wrapping(d, std::max(s.input_.exponent, 0));  // no overflow
      return exp_on_negative(saturating_rounding_doubling_high_mul(x, s.input_.multiplier), 5);
    }
    [[nodiscard]] static std::int32_t add(std::int32_t sum, std::int32_t e) {
      return wrap_int32(std::int64_t{sum} + rounding_divide_by_pot(e, 12));
    }
    template <typename N>
    [[nodiscard]] N code(const N& e, const N& sum, int /*element*/, int /*count*/) const {
      return code_of(e, of(sum));
    }
    template <typename N>
    [[nodiscard]] static auto of(const N& sum) {
      return reciprocal(sum, 12);
    }
    template <typename N>
    [[nodiscard]] N code_of(const N& e, const auto& inverse) const {
      return rounding_divide_by_pot(saturating_rounding_doubling_high_mul(inverse.value, e),
                                    right_shift(inverse.bits_over_unit));
    }
    /// From a sum of 2^9 on, 8-bit codes need a right shift by 32.
    [[nodiscard]] bool defined(std::int32_t sum) const { return right_shift(reciprocal(sum, 12).bits_over_unit) < 32; }
    [[nodiscard]] int right_shift(int bits_over_unit) const { return bits_over_unit + 31 - s.bits_; }
    [[nodiscard]] std::string python_exponential() const {
      return fmt::format("exp_on_negative(high_half(x << {}, {}), 5, 31) if x >= {} else 0",
                         std::max(s.input_.exponent, 0), s.input_.multiplier, s.radius_);
    }
    [[nodiscard]] static std::string python_sum() {
      return "wrapped(sum(shift_half_away_from_zero(x, 12) for x in e), 32)";
    }
  };

  struct FixedPointTable {
    const Exponentials& s;
    [[nodiscard]] static std::int32_t start() { return 0; }
    [[nodiscard]] std::int32_t exponential(std::int32_t d) const { return s.integers_[at(d)]; }
    template <typename N>
    [[nodiscard]] static N half_up(const N& x, int shift) {
      return to<std::int32_t>(shift_right_rounded(to<std::int64_t>(x), shift, Rounding::kHalfUp));
    }
    [[nodiscard]] static std::int32_t add(std::int32_t sum, std::int32_t e) {
      return wrap_int32(std::int64_t{sum} + half_up(e, 12));
    }
    template <typename N>
    [[nodiscard]] N code(const N& e, const N& sum, int /*element*/, int /*count*/) const {
      const auto bits = static_cast<std::uint32_t>(plain(sum));
      const int headroom = std::min(std::countl_zero(bits), 31);
      const std::int32_t half =
          reciprocal_of_half_sum(wrap_int32((static_cast<std::int64_t>(bits) << headroom) - (std::int64_t{1} << 31)));
      const auto product = noted("times twice the sum's reciprocal", to<std::int64_t>(e) * std::int64_t{half});
      return half_up(N(saturate_cast<std::int32_t>(shift_right_rounded(product, 30, Rounding::kHalfUp))),
                     std::min(12 + 31 - s.bits_ - headroom, 31));
    }
    [[nodiscard]] std::string python_exponential() const {
      return fmt::format("min(round_half_away_from_zero(math.ldexp(math.exp({} * x), 31)), 2**31 - 1)",
                         python_constant(s.step_));
    }
    [[nodiscard]] static std::string python_sum() { return "wrapped(sum(shift_half_up(x, 12) for x in e), 32)"; }
  };

  struct Uint32Table {
    const Exponentials& s;
    [[nodiscard]] static std::int64_t start() { return 0; }
    [[nodiscard]] std::int64_t exponential(std::int32_t d) const { return s.integers_[at(d)]; }
    [[nodiscard]] static std::int64_t add(std::int64_t sum, std::int64_t e) { return sum + e; }
    template <typename N>
    [[nodiscard]] Like<std::int32_t, N> code(const N& e, const N& sum, int /*element*/, int /*count*/) const {
      return to<std::int32_t>((e * 256 + sum / 2) / sum);
    }
    [[nodiscard]] std::string python_exponential() const {
      return fmt::format("round_half_to_even({} * math.exp({} * x))", python_constant(s.counts_),
                         python_constant(s.step_));
    }
    [[nodiscard]] static std::string python_sum() { return "sum(e)"; }
  };

  struct Binary32Table {
    const Exponentials& s;
    [[nodiscard]] static float start() { return 0; }
    [[nodiscard]] float exponential(std::int32_t d) const { return s.table32_[at(d)]; }
    [[nodiscard]] static float add(float sum, float e) { return sum + e; }
    template <typename N>
    [[nodiscard]] Like<std::int32_t, N> code(const N& e, const N& sum, int /*element*/, int /*count*/) const {
      const auto p = noted("over sum and scale, binary32", N(e * (1.0F / (sum * s.s_out_))));
      if (s.uint8_) return to<std::int32_t>(noted("plus 1/2", N(p + 0.5F)));
      if constexpr (PlainNumber<N>) {
        if (p < 100000) return round_half_away_small(p);
      }
      return round_real(to<double>(p), Rounding::kHalfAwayFromZero);
    }
    [[nodiscard]] std::string python_exponential() const {
      return fmt::format("f32(math.exp(f32({} * -x)))", python_constant(s.step32_));
    }
    [[nodiscard]] static std::string python_sum() { return "functools.reduce(lambda s, x: f32(s + x), e, 0.0)"; }
  };

  struct Uint16Table {
    const Exponentials& s;
    [[nodiscard]] static std::int32_t start() { return 0; }
    [[nodiscard]] std::int32_t exponential(std::int32_t d) const { return s.table16_[at(d)]; }
    [[nodiscard]] static std::int32_t add(std::int32_t sum, std::int32_t e) { return sum + e; }
    template <typename N>
    [[nodiscard]] N code(const N& e, const N& sum, int element, int count) const {
      const float inverse = 1.0F / (static_cast<float>(plain(sum)) * s.s_out_);
      const QuantizedMultiplier m = quantize_multiplier(static_cast<double>(inverse));
      const Rounding second = element < count - count % 16 ? Rounding::kHalfUp : Rounding::kHalfAwayFromZero;
      return FixedPointMultiply{}(e, m, second);
    }
    [[nodiscard]] std::string python_exponential() const {
      return fmt::format("int(f32(f32(math.exp(f32({} * -x))) * 65535.0) + 0.5)", python_constant(s.step32_));
    }
    [[nodiscard]] static std::string python_sum() { return "sum(e)"; }
  };

  struct Real {
    const Exponentials& s;
    [[nodiscard]] static double start() { return 0; }
    [[nodiscard]] double exponential(std::int32_t d) const { return s.table64_[at(d)]; }
    [[nodiscard]] static double add(double sum, double e) { return sum + e; }
    template <typename N>
    [[nodiscard]] Like<std::int32_t, N> code(const N& e, const N& sum, int /*element*/, int /*count*/) const {
      const auto p = noted("over sum and scale, binary64", N(e / sum / static_cast<double>(s.s_out_)));
      return to<std::int32_t>(s.real_.code(p, s.zero_) - s.zero_);
    }
    [[nodiscard]] std::string python_exponential() const {
      return fmt::format("math.exp({} * x)", python_constant(s.step_));
    }
    [[nodiscard]] static std::string python_sum() { return "functools.reduce(lambda s, x: s + x, e, 0.0)"; }
  };

  SoftmaxMethod method_;
  RealRule real_;
  std::int32_t zero_;
  bool uint8_;
  int bits_;  // of the output
  float s_out_;
  std::array<float, 256> table32_{};
  std::array<std::int32_t, 256> table16_{};
  std::array<double, 256> table64_{};
  std::array<std::int32_t, 256> integers_{}, fixed_{};
  double step_ = 0, counts_ = 0;  // of d in x; what 1 is in kUint32Table
  float step32_ = 0;
  QuantizedMultiplier input_;
  std::int32_t radius_ = 0;
};

}  // namespace nputwin::ops::softmax
