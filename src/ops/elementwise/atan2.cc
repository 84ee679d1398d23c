// ATAN2 of float32: the angle of the point (input 1, input 0), here in binary64, rounded once. Inputs have one shape.
// Source: TFLite atan2.cc, which calls the C library's atan2f.

#include "fixed/real_functions.h"
#include "ops/checks.h"
#include "ops/elementwise/broadcast.h"

namespace nputwin::ops::atan2 {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 2, 2));
  const Shape &y = node.input(0).shape, &x = node.input(1).shape;
  if (y != x) return error("inputs have shapes {} and {}, expected one shape", to_string(y), to_string(x));
  return Shapes{y};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  for (std::size_t i = 0; i < 2; ++i) NPUTWIN_RETURN_IF_ERROR(check_type(context.input(i), {DType::kFloat32}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(context.output(), {DType::kFloat32}, "output"));
  return binary_kernel<float, float, float>(context, [](const auto& y, const auto& x) { return atan2_of(y, x); });
}

}  // namespace

const OpDefinition& atan2_op() {
  static constexpr OpDefinition kOp{"ATAN2", infer_shapes, prepare, Family::kNumbers, Family::kNumberFunctions};
  return kOp;
}

}  // namespace nputwin::ops::atan2
