// FLOOR_DIV of numbers: floor(a / b), in binary32 or int32. An integer divisor must be known and not 0, at which the
// runtime would stop. Source: TFLite floor_div.cc.

#include <algorithm>
#include <cmath>

#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"

namespace nputwin::ops::floor_div {
namespace {

std::int32_t floor_quotient(std::int32_t a, std::int32_t b) {
  const std::int64_t q = std::int64_t{a} / b;
  return wrap_int32(q - ((std::int64_t{a} % b != 0) && ((a < 0) != (b < 0)) ? 1 : 0));
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  if (all_of_type(context, 2, DType::kFloat32))
    return binary_kernel<float, float, float>(context, [](float a, float b) { return std::floor(a / b); });
  if (!all_of_type(context, 2, DType::kInt32))
    return error("inputs are {} and {}, expected float32 or int32", name(context.input(0).type),
                 name(context.input(1).type));
  NPUTWIN_ASSIGN_OR_RETURN(const auto divisors, constant_integers(context, 1, "divisors"));
  if (std::ranges::find(divisors, 0) != divisors.end()) return error("divisor '{}' holds 0", context.input(1).name);
  return binary_kernel<std::int32_t, std::int32_t, std::int32_t>(context, floor_quotient);
}

}  // namespace

const OpDefinition& floor_div_op() {
  static constexpr OpDefinition kOp{"FLOOR_DIV", broadcast_shapes, prepare, Family::kNumbers};
  return kOp;
}

}  // namespace nputwin::ops::floor_div
