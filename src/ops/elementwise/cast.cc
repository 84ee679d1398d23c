// CAST: the stored numbers in another type, as C converts them: integers keep their low bits, reals are cut toward
// zero, not zero is true. A real outside an integer type has no defined result in C; here it is clipped, NaN gives 0.
// Source: TFLite cast.cc.

#include <cmath>

#include "ops/checks.h"
#include "ops/elementwise/unary_kernel.h"
#include "tensor/code_types.h"

namespace nputwin::ops::cast {
namespace {

template <typename To, typename From>
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
      kernel = unary_kernel<From, To>([](From x) { return converted<To>(x); });
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
