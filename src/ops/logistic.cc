// LOGISTIC, 8-bit: 1 / (1 + exp(-x)), a table of 256 codes. TFLite fixes the output to scale 1/256 and zero point -128
// (int8) or 0 (uint8).

#include <cmath>

#include "ops/code_table.h"
#include "ops/common.h"

namespace nputwin {
namespace {

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  const TensorSpec& in = context.input(0);
  const TensorSpec& out = context.output();
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1));
  NPUTWIN_RETURN_IF_ERROR(check_probabilities(out));
  return std::make_unique<CodeTableKernel>(
      real_function_table(*context.profile, in, out, [](double x) { return 1 / (1 + std::exp(-x)); }));
}

}  // namespace

const OpDefinition& logistic_op() {
  static constexpr OpDefinition kOp{"LOGISTIC", unary_shapes, prepare};
  return kOp;
}

}  // namespace nputwin
