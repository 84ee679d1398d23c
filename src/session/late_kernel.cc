#include "session/late_kernel.h"

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
}

Status LateKernel::run_late(const RunContext& context) const {
  std::vector<InputSpec> inputs = inputs_;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (inputs[k].present()) inputs[k].constant = Bytes(context.inputs[k].bytes);
  }
  PrepareContext now = prepare_;
  now.inputs = inputs;
  now.outputs = outputs_;
  now.intermediates = intermediates_;
  now.lacks_values = nullptr;
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

void LateKernel::run(const RunContext& context) const {
  if (const Status status = run_late(context); !status) context.fail(status.error().message);
}

}  // namespace nputwin
