#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace nputwin {

/// JSON whose keys keep the order in which they were written, as people read them.
using Json = nlohmann::ordered_json;

// Reading and writing are compiled once, in json.cc: they are most of what the JSON library costs a compiler.

/// An error where `text` is not JSON.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

/// A whole file as JSON.
[[nodiscard]] Result<Json> read_json(const std::string& path);

/// Indented by one space a level, with a line end.
[[nodiscard]] std::string to_text(const Json& json);

/// On one line, without a line end.
[[nodiscard]] std::string to_line(const Json& json);

}  // namespace nputwin
