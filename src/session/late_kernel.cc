#include "session/late_kernel.h"

#include "ops/tflite_operands.h"
#include "session/scratch.h"
#include "session/tensor_table.h"

namespace nputwin {

LateKernel::LateKernel(const OpDefinition& op, const PrepareContext& context, std::size_t memory_limit)
    : op_(&op),
      prepare_(context),
      inputs_(context.inputs.begin(), context.inputs.end()),
      outputs_(context.outputs.begin(), context.outputs.end()),
      intermediates_(context.intermediates.begin(), context.intermediates.end()),
      memory_limit_(memory_limit) {
  prepare_.rejected = nullptr;
  prepare_.caution = nullptr;
  prepare_.weights = nullptr;  // those that a run brings need not come again
}

PrepareContext LateKernel::prepare_context() const {
  PrepareContext context = prepare_;
  context.inputs = inputs_;
  context.outputs = outputs_;
  context.intermediates = intermediates_;
  context.lacks_values = nullptr;
  return context;
}

Status LateKernel::run_late(const RunContext& context) const {
  std::vector<InputSpec> inputs = inputs_;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (inputs[k].present()) inputs[k].constant = Bytes(context.inputs[k].bytes);
  }
  PrepareContext now = prepare_context();
  now.inputs = inputs;
  NPUTWIN_ASSIGN_OR_RETURN(const Shapes shapes, op_->infer_shapes(now));
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    if (shapes[k] == outputs_[k].shape) continue;
    return error(
        "its output '{}' has shape {} with the values that came, and the file says {}: shapes that depend on values "
        "are not supported",
        outputs_[k].name, to_string(shapes[k]), to_string(outputs_[k].shape));
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto kernel, make_kernel(*op_, now, memory_limit_));
  Scratch scratch(kernel->scratch_bytes());
  RunContext own = context;
  own.scratch = scratch.bytes();
  return run_kernel(*kernel, own);
}

bool LateKernel::same_as(const Kernel& other) const {
  const auto* late = dynamic_cast<const LateKernel*>(&other);
  if (late == nullptr || op_ != late->op_ || memory_limit_ != late->memory_limit_) return false;
  const auto taken = [&](const LateKernel& k) {
    return check_tflite_operands(op_->name, k.prepare_context()).has_value();
  };
  return op_->family == Family::kMovement && !op_->reads_profile && taken(*this) && taken(*late);
}

void LateKernel::run(const RunContext& context) const {
  if (const Status status = run_late(context); !status) context.fail(status.error().message);
}

}  // namespace nputwin
