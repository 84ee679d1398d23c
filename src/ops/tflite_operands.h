#pragma once

#include "ops/op.h"

namespace nputwin {

/// Whether TFLite's own kernel of the profile's release takes a node's operands: their types, how many dimensions they
/// have. The error names the operand and the release. Other sides, and delegates, are not asked.
[[nodiscard]] Status check_tflite_operands(std::string_view op, const PrepareContext& context);

}  // namespace nputwin
