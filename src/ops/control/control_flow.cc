// IF, WHILE: ops whose subgraphs run. A session knows the model and prepares them (session/control_flow.h); what
// stands here is what can be said of the node alone.

#include "ops/checks.h"

namespace nputwin::ops::control_flow {
namespace {

/// As the file has them.
Result<Shapes> declared_shapes(const NodeView& node) {
  Shapes shapes;
  for (const TensorSpec& output : node.outputs) shapes.push_back(output.shape);
  return shapes;
}

/// What a loop carries keeps its shape.
Result<Shapes> carried_shapes(const NodeView& node) {
  Shapes shapes;
  for (const InputSpec& input : node.inputs) {
    if (!input.present()) return error("an input is left out");
    shapes.push_back(input.spec->shape);
  }
  return shapes;
}

Result<std::unique_ptr<Kernel>> prepare(const PrepareContext& /*context*/) {
  return error("its subgraphs belong to a model, and run in a session of it");
}

}  // namespace

const OpDefinition& if_op() {
  static constexpr OpDefinition kOp{"IF", declared_shapes, prepare, Family::kMovement};
  return kOp;
}
const OpDefinition& while_op() {
  static constexpr OpDefinition kOp{"WHILE", carried_shapes, prepare, Family::kMovement};
  return kOp;
}

}  // namespace nputwin::ops::control_flow
