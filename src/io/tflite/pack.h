#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "schema/tflite_generated.h"

namespace nputwin {

/// The number of an operator of that name, or nothing.
[[nodiscard]] std::optional<schema::BuiltinOperator> operator_named(std::string_view name);

/// The number as readers from before operator 127 look for it: what the old field can hold.
[[nodiscard]] std::int8_t old_operator_code(schema::BuiltinOperator op);

/// The schema knows everything in the file: all graphs, op codes and buffers, metadata and signatures; no buffer lies
/// behind the flatbuffer, and an archive there can be moved.
[[nodiscard]] bool is_known_whole(Bytes file);

/// The bytes of a file that holds what `model` does. Constants begin at multiples of 16 bytes.
[[nodiscard]] std::vector<std::byte> pack(const schema::ModelT& model);

}  // namespace nputwin
