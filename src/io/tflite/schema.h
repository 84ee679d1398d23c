#pragma once

#include <string_view>

#include "base/file.h"
#include "base/result.h"
#include "model/attributes.h"
#include "schema/tflite_generated.h"

namespace nputwin {

/// The version of the format that files of this schema say they have.
inline constexpr std::uint32_t kSchemaVersion = 3;

/// A generated class's table, of which fields may be asked that the class does not have.
[[nodiscard]] inline const flatbuffers::Table& table_of(const void* generated) {
  return *static_cast<const flatbuffers::Table*>(generated);
}

/// The attributes of an operator, by the names and with the defaults of schema/tflite.fbs. Empty where the
/// operator carries options that the schema does not know. The flatbuffer has been verified.
[[nodiscard]] Attributes read_attributes(const schema::Operator& op);

struct WrittenOptions {
  schema::BuiltinOptions type = schema::BuiltinOptions::NONE;
  flatbuffers::Offset<void> table;
};

/// Writes attributes as the table that schema/tflite.fbs has for the op; fields that are not named keep their defaults.
/// No table where there are no attributes, but for tables without fields. Fails where a name is no field of the table,
/// and where a value does not fit its field's type.
[[nodiscard]] Result<WrittenOptions> write_attributes(flatbuffers::FlatBufferBuilder& builder, std::string_view op,
                                                      const Attributes& attributes);

/// Writes a buffer whose data begins at a multiple of 16 bytes: runtimes read constants where they lie, with vector
/// code.
[[nodiscard]] flatbuffers::Offset<schema::Buffer> write_buffer(flatbuffers::FlatBufferBuilder& builder, Bytes data);

/// True where a table of the type (SubGraph, …) and all that it holds have no field but those of schema/tflite.fbs, so
/// that the generated classes copy all of it.
[[nodiscard]] bool schema_knows(const flatbuffers::Table& table, std::string_view type);

}  // namespace nputwin
