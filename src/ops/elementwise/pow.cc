// POW. Where the shapes differ and the exponent is one whole number n from 1 on (to 0.00001), repeated multiplication:
// x^n = (x^(n/2))^2, times x where n is odd; int32 wraps, binary32 rounds and is clamped to finite numbers each time.
// Else the C library's pow: of binary32 numbers powf (here binary64 pow, rounded once), of int32 numbers in binary64,
// cast as C does. TFLite stops at a negative exponent of int32 numbers. Source: TFLite pow.cc, optimized_ops.h.

#include <algorithm>
#include <cmath>

#include "fixed/rounding.h"
#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"
#include "profile/profile.h"

namespace nputwin::ops::pow {
namespace {

std::int32_t product(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) * static_cast<std::uint32_t>(b));
}
float product(float a, float b) {
  using Limits = std::numeric_limits<float>;
  const float y = a * b;
  return y < Limits::lowest() ? Limits::lowest() : Limits::max() < y ? Limits::max() : y;
}

template <typename T>
T whole_power(T x, int n) {
  if (n == 1) return x;
  const T root = whole_power(x, n / 2), y = product(root, root);
  return n % 2 == 1 ? product(x, y) : y;
}

template <typename T>
class Power final : public Kernel {
 public:
  Power(std::unique_ptr<Kernel> elementwise, bool one_exponent, bool lowest)
      : elementwise_(std::move(elementwise)), one_exponent_(one_exponent), lowest_(lowest) {}

  void run(const RunContext& context) const override {
    const auto exponents = context.inputs[1].as<T>();
    if constexpr (std::is_integral_v<T>) {
      const auto negative = std::ranges::find_if(exponents, [](T n) { return n < 0; });
      if (negative != exponents.end())
        return context.fail(fmt::format("exponent {} is negative: the runtime stops", *negative));
    }
    const auto nearest = one_exponent_ ? std::round(static_cast<float>(exponents[0])) : 0.0F;
    const std::int32_t n = cast_to_int32(static_cast<double>(nearest), lowest_);
    if (n < 1 || std::abs(static_cast<float>(exponents[0] - static_cast<T>(n))) >= 1e-5F)
      return elementwise_->run(context);
    std::ranges::transform(context.inputs[0].as<T>(), context.outputs[0].as<T>().begin(),
                           [n](T x) { return whole_power(x, n); });
  }

 private:
  std::unique_ptr<Kernel> elementwise_;
  bool one_exponent_, lowest_;  ///< what a cast beyond int32 gives: cast_to_int32
};

template <typename T, typename F>
Result<std::unique_ptr<Kernel>> power(const PrepareContext& context, F&& f) {
  const Shape &a = context.input(0).shape, &b = context.input(1).shape;
  const bool one_exponent = a != b && context.input(1).elements() == 1;
  constexpr std::size_t kLoops = 4;  // of the plain kernel before LiteRT, one a dimension
  const bool loops = a != b && !(one_exponent && std::is_same_v<T, std::int32_t>);
  if (loops && std::max(a.size(), b.size()) > kLoops && in_tflite_kernels(context) &&
      context.profile->registry < OpRegistry::kLitert21)
    return error("{} and {} broadcast over more than {} dimensions: {} ends", to_string(a), to_string(b), kLoops,
                 name(context.profile->registry));
  return std::make_unique<Power<T>>(binary_kernel<T, T, T>(context, std::forward<F>(f)), one_exponent,
                                    context.profile->cast_overflow == RealOverflow::kLowest);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32)) {
    return power<float>(context, [](float a, float b) {
      return static_cast<float>(std::pow(static_cast<double>(a), static_cast<double>(b)));
    });
  }
  if (all_of_type(context, 2, DType::kInt32)) {
    const bool lowest = context.profile->cast_overflow == RealOverflow::kLowest;
    return power<std::int32_t>(context, [=](std::int32_t a, std::int32_t b) {
      return cast_to_int32(std::pow(static_cast<double>(a), static_cast<double>(b)), lowest);
    });
  }
  NPUTWIN_RETURN_IF_ERROR(check_type(context.input(0), {DType::kFloat32, DType::kInt32}, "input"));
  return error("'{}' is {} and '{}' {}, expected one type", context.input(0).name, name(context.input(0).type),
               context.input(1).name, name(context.input(1).type));
}

}  // namespace

const OpDefinition& pow_op() {
  static constexpr OpDefinition kOp{"POW", broadcast_shapes, prepare, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::pow
