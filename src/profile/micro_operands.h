#pragma once

#include "base/result.h"
#include "model/model.h"

namespace nputwin {

/// Whether TensorFlow Lite Micro's reference kernels take a node's operands: their types, whether they are constants,
/// whether outputs have elements. The error names the operand, and what the kernel takes.
[[nodiscard]] Status check_micro_operands(const Graph& graph, const Node& node);

}  // namespace nputwin
