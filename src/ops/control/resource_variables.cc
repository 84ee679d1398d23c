// VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE, CALL_ONCE: state that the format keeps outside its tensors. The graph
// gives each handle a variable tensor (model/resources.h); reading and assigning copy. CALL_ONCE's values are the
// variables' first ones, so nothing is left of it to run.

#include "ops/checks.h"
#include "ops/move/copy_kernel.h"

namespace nputwin::ops::resource_variables {
namespace {

class Nothing final : public ComparableKernel<Nothing> {
 public:
  void run(const RunContext& /*context*/) const override {}
  [[nodiscard]] static std::tuple<> parameters() { return {}; }
};

class Assign final : public ComparableKernel<Assign> {
 public:
  void run(const RunContext& context) const override {
    std::ranges::copy(context.inputs[1].bytes, context.state[0].bytes.begin());
  }
  [[nodiscard]] static std::tuple<> parameters() { return {}; }
};

Result<Shapes> no_shapes(const NodeView& /*node*/) { return Shapes{}; }
Result<std::unique_ptr<Kernel>> prepare_nothing(const PrepareContext& /*context*/) {
  return std::make_unique<Nothing>();
}

Result<std::unique_ptr<Kernel>> prepare_read(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_moves_codes(context));
  return same_order_copy(context);
}

Result<std::unique_ptr<Kernel>> prepare_assign(const PrepareContext& context) {
  NPUTWIN_RETURN_IF_ERROR(check_arity(context, 2, 2, 0));
  if (!context.inputs[0].variable) return error("input 0 is no variable");
  const TensorSpec &variable = context.input(0), &value = context.input(1);
  if (variable.type != value.type || variable.shape != value.shape) {
    return error("variable {} {} is assigned {} {}", name(variable.type), to_string(variable.shape), name(value.type),
                 to_string(value.shape));
  }
  return std::make_unique<Assign>();
}

}  // namespace

const OpDefinition& var_handle_op() {
  static constexpr OpDefinition kOp{"VAR_HANDLE", no_shapes, prepare_nothing, Family::kMovement};
  return kOp;
}
const OpDefinition& call_once_op() {
  static constexpr OpDefinition kOp{"CALL_ONCE", no_shapes, prepare_nothing, Family::kMovement};
  return kOp;
}
const OpDefinition& read_variable_op() {
  static constexpr OpDefinition kOp{"READ_VARIABLE", unary_shapes, prepare_read, Family::kMovement};
  return kOp;
}
const OpDefinition& assign_variable_op() {
  static constexpr OpDefinition kOp{"ASSIGN_VARIABLE", no_shapes, prepare_assign, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::resource_variables
