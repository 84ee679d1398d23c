// EXP, LOG, ELU, GELU: real functions, of codes by table (code_table.h), of unquantized values in binary32. SIN, COS:
// only of unquantized values. LOG of a number that is not positive gives the output's lowest value. GELU's attribute
// `approximate` chooses the tanh form.
// Source: TFLite exp.cc, elementwise.cc, activations.cc, reference/gelu.h.

#include "fixed/real_functions.h"

#include "ops/checks.h"
#include "ops/elementwise/code_table.h"
#include "ops/elementwise/unary_kernel.h"
#include "profile/profile.h"

namespace nputwin::ops::real_functions {
namespace {

template <typename F>
Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& context) {
  return real_function_kernel(context, RealFunction::of(F{}));
}

Result<std::unique_ptr<Kernel>> prepare_exp(const PrepareContext& context) {
  if (context.output().type == DType::kFloat32 && context.delegated())
    return unary_kernel<float, float>([](const auto& x) { return xnnpack_exp(x); });
  return prepare<ExpFunction>(context);
}

Result<std::unique_ptr<Kernel>> prepare_log(const PrepareContext& context) {
  if (context.output().type == DType::kFloat32) return prepare<LogFunction>(context);
  NPUTWIN_RETURN_IF_ERROR(check_codes(context, 1, CodeWidths::k8And16));
  const TensorSpec& out = context.output();
  const float lowest = static_cast<float>(code_range(out.type).lo - out.zero_point()) * out.scale();
  return real_function_kernel(context, RealFunction::of([=](const auto& x) {
                                using N = std::decay_t<decltype(x)>;
                                return x <= 0 ? N(lowest) : LogFunction{}(x);
                              }));
}

Result<std::unique_ptr<Kernel>> prepare_gelu(const PrepareContext& context) {
  return context.attributes->integer("approximate") != 0 || context.profile->gelu_is_tanh
             ? prepare<GeluTanhFunction>(context)
             : prepare<GeluFunction>(context);
}

template <typename F>
Result<std::unique_ptr<Kernel>> prepare_numbers(const PrepareContext& context) {
  if (!all_of_type(context, 1, DType::kFloat32))
    return error("input '{}' is {}, expected float32", context.input(0).name, name(context.input(0).type));
  return unary_kernel<float, float>(F{});
}

}  // namespace

const OpDefinition& sin_op() {
  static constexpr OpDefinition kOp{"SIN", unary_shapes, prepare_numbers<SinFunction>, Family::kNumbers,
                                    Family::kNumberFunctions};
  return kOp;
}
const OpDefinition& cos_op() {
  static constexpr OpDefinition kOp{"COS", unary_shapes, prepare_numbers<CosFunction>, Family::kNumbers,
                                    Family::kNumberFunctions};
  return kOp;
}
const OpDefinition& exp_op() {
  static constexpr OpDefinition kOp{"EXP", unary_shapes, prepare_exp, Family::kTable, Family::kNumberFunctions};
  return kOp;
}
const OpDefinition& log_op() {
  static constexpr OpDefinition kOp{"LOG", unary_shapes, prepare_log, Family::kTable, Family::kNumberFunctions};
  return kOp;
}
const OpDefinition& elu_op() {
  static constexpr OpDefinition kOp{"ELU", unary_shapes, prepare<EluFunction>, Family::kTable,
                                    Family::kNumberFunctions};
  return kOp;
}
const OpDefinition& gelu_op() {
  static constexpr OpDefinition kOp{"GELU", unary_shapes, prepare_gelu, Family::kTable, Family::kNumberFunctions};
  return kOp;
}

}  // namespace nputwin::ops::real_functions
