// POW: binary32 by the C library's powf (here binary64 pow, rounded once); int32 by repeated squaring, wrapping.
// Source: TFLite pow.cc.

#include <cmath>

#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"

namespace nputwin::ops::pow {
namespace {

std::int32_t integer_power(std::int32_t base, std::int32_t exponent) {
  std::uint32_t result = 1, factor = static_cast<std::uint32_t>(base);
  for (std::uint32_t e = static_cast<std::uint32_t>(std::max(exponent, 0)); e != 0; e >>= 1, factor *= factor) {
    if ((e & 1) != 0) result *= factor;
  }
  return static_cast<std::int32_t>(result);
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32)) {
    return binary_kernel<float, float, float>(context, [](float a, float b) {
      return static_cast<float>(std::pow(static_cast<double>(a), static_cast<double>(b)));
    });
  }
  if (all_of_type(context, 2, DType::kInt32))
    return binary_kernel<std::int32_t, std::int32_t, std::int32_t>(context, integer_power);
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
