#pragma once

#include "base/result.h"
#include "ops/attributes.h"
#include "schema/tflite_generated.h"

namespace nputwin {

/// The attributes of an operator, by the names and with the defaults of schema/tflite.fbs. Empty where the
/// operator carries options that the schema does not know. The flatbuffer has been verified.
[[nodiscard]] Attributes read_attributes(const schema::Operator& op);

}  // namespace nputwin
