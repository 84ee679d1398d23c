// FLOOR_DIV and FLOOR_MOD of the stored numbers, whatever codes stand for:
//
//   FLOOR_DIV   floor(a / b), the quotient in binary64 and the result cast as C does
//   FLOOR_MOD   the remainder with the sign of b: C's remainder, plus b where their signs differ
//
// TFLite stops at a divisor of 0, FLOOR_MOD of float32 aside. The lowest number by -1 has no defined quotient in 8 and
// 16 bits, and ends the process as a remainder on x86. Broadcasting is over four dimensions before LiteRT 2.1.6.
// Source: TFLite floor_div.cc, floor_mod.cc.

#include <algorithm>
#include <cmath>

#include "fixed/real_functions.h"
#include "fixed/rounding.h"
#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "profile/profile.h"

namespace nputwin::ops::floor_div {
namespace {

template <typename T>
T floor_quotient(T a, T b, RealOverflow overflow) {
  const double q = std::floor(static_cast<double>(a) / static_cast<double>(b));
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(q);
  } else {
    return static_cast<T>(cast_to_int32(q, overflow == RealOverflow::kLowest));
  }
}

/// The same of traced numbers.
template <typename T>
Traced<T> floor_quotient(const Traced<T>& a, const Traced<T>& b, RealOverflow overflow) {
  const std::string quotient = a.part() + " // " + b.part();
  return {a.trace(), floor_quotient(a.value(), b.value(), overflow),
          overflow == RealOverflow::kLowest ? "wrapped(" + quotient + ", 32)" : "min(" + quotient + ", 2**31 - 1)"};
}
Traced<float> floor_quotient(const Traced<float>& a, const Traced<float>& b, RealOverflow /*overflow*/) {
  return to<float>(floor_of(to<double>(a) / to<double>(b)));
}

struct FloorQuotient {
  RealOverflow overflow;
  bool operator==(const FloorQuotient&) const = default;
  template <typename N>
  N operator()(const N& a, const N& b) const {
    return floor_quotient(a, b, overflow);
  }
};

template <typename T>
T floor_remainder(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    const T r = std::fmod(a, b);
    return r != 0 && (b < 0) != (r < 0) ? r + b : r;
  } else {
    if (b == -1) return 0;
    const T r = static_cast<T>(a % b);
    return r != 0 && (b < 0) != (r < 0) ? static_cast<T>(r + b) : r;
  }
}

/// The same of traced numbers. Python's % of integers has the divisor's sign already.
template <std::integral T>
Traced<T> floor_remainder(const Traced<T>& a, const Traced<T>& b) {
  return {a.trace(), floor_remainder(a.value(), b.value()), a.part() + " % " + b.part(), false};
}
Traced<float> floor_remainder(const Traced<float>& a, const Traced<float>& b) {
  const float r = std::fmod(a.value(), b.value());
  if (!std::isfinite(r)) return {a.trace(), r, python_constant(r)};  // where Python stops
  const auto cut = noted("remainder of the quotient cut toward zero",
                         Traced<float>(a.trace(), r, "math.fmod(" + a.python() + ", " + b.python() + ")"));
  return floor_remainder(a.value(), b.value()) == r ? cut : cut + b;
}

/// Lets `kernel` run where no divisor is 0 and, `why` given, nowhere the lowest number meets -1.
template <typename T>
class ChecksDivisors final : public Kernel {
 public:
  ChecksDivisors(const NodeView& node, std::unique_ptr<Kernel> kernel, std::string_view why)
      : walk_(node.output().shape, node.input(0).shape, node.input(1).shape), kernel_(std::move(kernel)), why_(why) {}

  void run(const RunContext& context) const override {
    const auto divisors = context.inputs[1].as<T>();
    const auto zero = std::ranges::find(divisors, T{0});
    if (zero != divisors.end())
      return context.fail(fmt::format("divisor {} is 0: the runtime stops", zero - divisors.begin()));
    if (!why_.empty() && overflows(context.inputs[0].as<T>(), divisors)) return context.fail(std::string(why_));
    kernel_->run(context);
  }

  bool explain(const RunContext& context, std::size_t output, std::int64_t element, Trace& trace) const override {
    return kernel_->explain(context, output, element, trace);
  }

  [[nodiscard]] bool same_as(const Kernel& other) const override {
    const auto* checks = dynamic_cast<const ChecksDivisors*>(&other);
    return checks != nullptr && walk_ == checks->walk_ && why_ == checks->why_ && kernel_->same_as(*checks->kernel_);
  }

 private:
  [[nodiscard]] bool overflows(std::span<const T> a, std::span<const T> b) const {
    for (std::int64_t r = 0; r < walk_.runs(); ++r) {
      for (std::int64_t i = 0; i < walk_.run(); ++i) {
        if (b[static_cast<std::size_t>(walk_.start_b(r) + i * walk_.step_b())] == static_cast<T>(-1) &&
            a[static_cast<std::size_t>(walk_.start_a(r) + i * walk_.step_a())] == std::numeric_limits<T>::min())
          return true;
      }
    }
    return false;
  }

  BroadcastWalk walk_;
  std::unique_ptr<Kernel> kernel_;
  std::string_view why_;
};

template <typename F>
Result<std::unique_ptr<Kernel>> with_number(const PrepareContext& context, bool with_int64, F&& f) {
  if (context.input(1).type != context.input(0).type)
    return error("inputs are {} and {}, expected one type", name(context.input(0).type), name(context.input(1).type));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {context.input(0).type}, "output"));
  switch (context.input(0).type) {
    case DType::kFloat32:
      return f(float{});
    case DType::kInt32:
      return f(std::int32_t{});
    case DType::kInt16:
      return f(std::int16_t{});
    case DType::kInt8:
      return f(std::int8_t{});
    case DType::kInt64:
      if (with_int64) return f(std::int64_t{});
      break;
    default:
      break;
  }
  return error("inputs are {}, supported: float32, int32, int16, int8{}", name(context.input(0).type),
               with_int64 ? ", int64" : "");
}

Result<std::unique_ptr<Kernel>> prepare_div(const PrepareContext& context) {
  return with_number(context, false, [&](auto number) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(number);
    const RealOverflow overflow =
        std::is_integral_v<T> ? context.profile->cast_overflow : RealOverflow::kSaturates;  // numbers are not cast
    const bool narrow = std::is_integral_v<T> && sizeof(T) < 4;
    return std::make_unique<ChecksDivisors<T>>(
        context, binary_kernel<T, T, T>(context, FloorQuotient{overflow}),
        narrow ? "the quotient of the lowest number by -1 is undefined: the runtime's vector code clips it, other code "
                 "wraps it"
               : "");
  });
}

Result<std::unique_ptr<Kernel>> prepare_mod(const PrepareContext& context) {
  return with_number(context, true, [&](auto number) -> Result<std::unique_ptr<Kernel>> {
    using T = decltype(number);
    auto kernel = binary_kernel<T, T, T>(context, [](const auto& a, const auto& b) { return floor_remainder(a, b); });
    if constexpr (std::is_floating_point_v<T>) return kernel;
    const bool ends = sizeof(T) >= 4 && context.profile->cast_overflow == RealOverflow::kLowest;  // x86
    return std::make_unique<ChecksDivisors<T>>(
        context, std::move(kernel),
        ends ? "the remainder of the lowest number by -1 is undefined: the runtime ends" : "");
  });
}

}  // namespace

const OpDefinition& floor_div_op() {
  static constexpr OpDefinition kOp{"FLOOR_DIV", broadcast_shapes, prepare_div, Family::kNumbers};
  return kOp;
}
const OpDefinition& floor_mod_op() {
  static constexpr OpDefinition kOp{"FLOOR_MOD", broadcast_shapes, prepare_mod, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::floor_div
