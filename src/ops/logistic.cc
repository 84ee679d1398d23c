// LOGISTIC, 8-bit: 1 / (1 + exp(-x)), a table of 256 codes. TFLite fixes the output to scale 1/256 and zero
// point -128 (int8) or 0 (uint8).

#include <cmath>

#include "ops/code_table.h"
#include "ops/common.h"

namespace nputwin {
namespace {

Result<Shapes> infer_shapes(const NodeView& node) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(node, 1, 1));
  return Shapes{node.input(0).shape};
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  const TensorSpec& out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_type(in, {DType::kInt8, DType::kUInt8}, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_type(out, {in.type}, "output"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(in, "input"));
  NPUTWIN_RETURN_IF_ERROR(check_per_tensor(out, "output"));
  if (out.scale() != 1.0F / 256 || out.zero_point() != code_range(out.type).lo) {
    return error("output '{}' has scale {} and zero point {}, expected 1/256 and {}", out.name, out.scale(),
                 out.zero_point(), code_range(out.type).lo);
  }
  return std::make_unique<CodeTableKernel>(
      real_function_table(*context.profile, in, out, [](double x) { return 1 / (1 + std::exp(-x)); }));
}

}  // namespace

const OpDefinition& logistic_op() {
  static constexpr OpDefinition kOp{"LOGISTIC", infer_shapes, prepare};
  return kOp;
}

}  // namespace nputwin
