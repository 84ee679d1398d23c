// CAST: the stored numbers in another type, as C converts them: integers keep their low bits, reals are cut toward
// zero, not zero is true. A real outside an integer type has no defined result in C; here it is clipped, NaN gives 0.
// Source: TFLite cast.cc.

#include <cmath>

#include "ops/checks.h"
#include "ops/elementwise/unary_kernel.h"
#include "tensor/code_types.h"

namespace nputwin::ops::cast {
namespace {

template <typename To, PlainNumber From>
To converted(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return x != From{0};
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    if (std::isnan(x)) return To{0};
    using Limits = std::numeric_limits<To>;
    if (x <= static_cast<From>(Limits::min())) return Limits::min();
    if (x >= static_cast<From>(Limits::max())) return Limits::max();
    return static_cast<To>(x);
  } else {
    return static_cast<To>(x);
  }
}

template <typename To, typename From>
Traced<To> converted(const Traced<From>& x) {
  const To value = converted<To>(x.value());
  const auto python = [&]() -> std::string {
    if (std::is_floating_point_v<From> && !std::isfinite(static_cast<double>(x.value()))) return python_constant(value);
    if (std::is_same_v<To, bool>) return "int(" + x.python() + " != 0)";
    if (std::is_floating_point_v<To>) return "f32(" + x.python() + ")";
    using Limits = std::numeric_limits<To>;
    if (std::is_floating_point_v<From>)
      return "min(max(int(" + x.python() + "), " + python_constant(Limits::min()) + "), " +
             python_constant(Limits::max()) + ")";
    if (std::is_unsigned_v<To>) return x.part() + " % " + std::to_string(1 << (8 * sizeof(To) % 32));
    return "wrapped(" + x.python() + ", " + std::to_string(8 * sizeof(To)) + ")";
  };
  return {x.trace(), value, python()};
}

template <typename F>
void with_number_type(DType type, F&& f) {
  switch (type) {
    case DType::kFloat32:
      return f(float{});
    case DType::kInt32:
      return f(std::int32_t{});
    case DType::kInt64:
      return f(std::int64_t{});
    case DType::kBool:
      return f(bool{});
    case DType::kInt16:
    case DType::kUInt8:
    case DType::kInt8:
      return with_code_type(type, f);
  }
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  std::unique_ptr<Kernel> kernel;
  with_number_type(context.input(0).type, [&](auto from) {
    with_number_type(context.output().type, [&](auto to) {
      using From = decltype(from);
      using To = decltype(to);
      kernel = unary_kernel<From, To>([](const auto& x) { return converted<To>(x); });
    });
  });
  return kernel;
}

}  // namespace

const OpDefinition& cast_op() {
  static constexpr OpDefinition kOp{"CAST", unary_shapes, prepare, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::cast
