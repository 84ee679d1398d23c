#include "io/json.h"

#include "base/file.h"

namespace nputwin {

Result<Json> parse_json(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return error("this is not JSON");
  return json;
}

Result<Json> read_json(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  auto json = parse_json({reinterpret_cast<const char*>(file->bytes().data()), file->bytes().size()});
  if (!json) return error("{}: is not valid JSON", path);
  return json;
}

// A file's names may be no UTF-8: bytes that are none become U+FFFD.
std::string to_text(const Json& json) { return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"; }

std::string to_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace nputwin
