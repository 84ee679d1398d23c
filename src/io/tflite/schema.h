#pragma once

#include <string_view>

#include "base/result.h"
#include "model/attributes.h"
#include "schema/tflite_generated.h"

namespace nputwin {

/// The attributes of an operator, by the names and with the defaults of schema/tflite.fbs. Empty where the
/// operator carries options that the schema does not know. The flatbuffer has been verified.
[[nodiscard]] Attributes read_attributes(const schema::Operator& op);

/// True where a table of the type (SubGraph, …) and all that it holds have no field but those of schema/tflite.fbs, so
/// that the generated classes copy all of it.
[[nodiscard]] bool schema_knows(const flatbuffers::Table& table, std::string_view type);

}  // namespace nputwin
