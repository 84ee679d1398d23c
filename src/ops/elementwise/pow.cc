// POW. Where the shapes differ and the exponent is one whole number n from 1 on (to 0.00001), repeated multiplication:
// x^n = (x^(n/2))^2, times x where n is odd; int32 wraps, binary32 rounds and is clamped to finite numbers each time.
// Else the C library's pow: of binary32 numbers powf (here binary64 pow, rounded once), of int32 numbers in binary64,
// cast as C does. TFLite stops at a negative exponent of int32 numbers. Source: TFLite pow.cc, optimized_ops.h.

#include <algorithm>
#include <cmath>

#include "fixed/real_functions.h"
#include "fixed/rounding.h"
#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "profile/profile.h"

namespace nputwin::ops::pow {
namespace {

/// Of numbers, plain or traced.
template <typename N>
N product(const N& a, const N& b) {
  using Limits = std::numeric_limits<float>;
  if constexpr (std::is_integral_v<Plain<N>>) {
    return wrapping_mul(a, b);
  } else {
    return clamped<float>(a * b, Limits::lowest(), Limits::max());
  }
}

template <typename N>
N whole_power(const N& x, int n) {
  if (n == 1) return x;
  const N root = whole_power(x, n / 2), square = noted("the square of that", product(root, root));
  return n % 2 == 1 ? noted("times x", product(x, square)) : square;
}

/// The C library's power of int32 numbers, cast as C does.
std::int32_t whole_part(double power, bool lowest) { return cast_to_int32(power, lowest); }
Traced<std::int32_t> whole_part(const Traced<double>& power, bool lowest) {
  const std::int32_t value = cast_to_int32(power.value(), lowest);
  if (std::trunc(power.value()) == value) return to<std::int32_t>(noted("the power, binary64", power));
  return {power.trace(), value, python_constant(value)};  // beyond int32
}

struct PowerOfWholes {
  bool lowest;
  bool operator==(const PowerOfWholes&) const = default;
  template <typename N>
  N operator()(const N& a, const N& b) const {
    return whole_part(pow_of(to<double>(a), to<double>(b)), lowest);
  }
};

template <typename T>
class Power final : public Kernel {
 public:
  Power(std::unique_ptr<Kernel> elementwise, bool one_exponent, bool lowest)
      : elementwise_(std::move(elementwise)), one_exponent_(one_exponent), lowest_(one_exponent && lowest) {}

  void run(const RunContext& context) const override {
    const auto exponents = context.inputs[1].as<T>();
    if constexpr (std::is_integral_v<T>) {
      const auto negative = std::ranges::find_if(exponents, [](T n) { return n < 0; });
      if (negative != exponents.end())
        return context.fail(fmt::format("exponent {} is negative: the runtime stops", *negative));
    }
    const int n = whole_exponent(exponents);
    if (n < 1) return elementwise_->run(context);
    std::ranges::transform(context.inputs[0].as<T>(), context.outputs[0].as<T>().begin(),
                           [n](T x) { return whole_power(x, n); });
  }

  bool explain(const RunContext& context, std::size_t output, std::int64_t element, Trace& trace) const override {
    const int n = whole_exponent(context.inputs[1].as<T>());
    if (n < 1) return elementwise_->explain(context, output, element, trace);
    const auto x = explained_input<T>(context, 0, element, "x", trace);
    trace.add_input({1, 0, static_cast<double>(context.inputs[1].as<T>()[0])});
    explained_number(whole_power(x, n), trace);
    return true;
  }

  [[nodiscard]] bool same_as(const Kernel& other) const override {
    const auto* power = dynamic_cast<const Power*>(&other);
    return power != nullptr && one_exponent_ == power->one_exponent_ && lowest_ == power->lowest_ &&
           elementwise_->same_as(*power->elementwise_);
  }

 private:
  /// The exponent of a repeated multiplication; 0: it is none.
  [[nodiscard]] int whole_exponent(std::span<const T> exponents) const {
    if (!one_exponent_) return 0;
    const std::int32_t n = cast_to_int32(static_cast<double>(std::round(static_cast<float>(exponents[0]))), lowest_);
    return n < 1 || std::abs(static_cast<float>(exponents[0] - static_cast<T>(n))) >= 1e-5F ? 0 : n;
  }

  std::unique_ptr<Kernel> elementwise_;
  bool one_exponent_, lowest_;  ///< what a cast beyond int32 gives: cast_to_int32
};

template <typename T, typename F>
Result<std::unique_ptr<Kernel>> power(const PrepareContext& context, F&& f) {
  const Shape &a = context.input(0).shape, &b = context.input(1).shape;
  const bool one_exponent = a != b && context.input(1).elements() == 1;
  constexpr std::size_t kLoops = 4;  // of the plain kernel before LiteRT 2.1.6, one a dimension
  const bool loops = a != b && !(one_exponent && std::is_same_v<T, std::int32_t>);
  if (loops && std::max(a.size(), b.size()) > kLoops && in_tflite_kernels(context) &&
      context.profile->registry < OpRegistry::kLitert216)
    return error("{} and {} broadcast over more than {} dimensions: {} ends", to_string(a), to_string(b), kLoops,
                 name(context.profile->registry));
  return std::make_unique<Power<T>>(binary_kernel<T, T, T>(context, std::forward<F>(f)), one_exponent,
                                    context.profile->cast_overflow == RealOverflow::kLowest);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32)) {
    return power<float>(context, [](const auto& a, const auto& b) { return pow_of(a, b); });
  }
  if (all_of_type(context, 2, DType::kInt32)) {
    return power<std::int32_t>(context, PowerOfWholes{context.profile->cast_overflow == RealOverflow::kLowest});
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kFloat32, DType::kInt32}, "input"));
  return error("'{}' is {} and '{}' {}, expected one type", context.input(0).name, name(context.input(0).type),
               context.input(1).name, name(context.input(1).type));
}

}  // namespace

const OpDefinition& pow_op() {
  static constexpr OpDefinition kOp{"POW", broadcast_shapes, prepare, Family::kNumbers, Family::kNumberFunctions};
  return kOp;
}

}  // namespace nputwin::ops::pow
