#pragma once

#include <nlohmann/json.hpp>

#include "base/file.h"

namespace nputwin {

/// A whole file as JSON.
[[nodiscard]] inline Result<nlohmann::json> read_json(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  const auto* text = reinterpret_cast<const char*>(file->bytes().data());
  auto json = nlohmann::json::parse(text, text + file->bytes().size(), nullptr, false);
  if (json.is_discarded()) return error("{}: is not valid JSON", path);
  return json;
}

}  // namespace nputwin
