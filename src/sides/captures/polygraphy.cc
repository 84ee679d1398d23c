#include <openssl/evp.h>

#include <fstream>

#include "io/json.h"
#include "io/npy.h"
#include "sides/captures/format.h"

namespace nputwin::captures {
namespace {

Result<std::vector<std::byte>> from_base64(const std::string& text) {
  std::vector<std::byte> bytes(text.size() / 4 * 3 + 1);
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0 || text.size() % 4 != 0) return error("is no base64 text");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

/// The outputs of one iteration: {"outputs": {name: {"values": {"array": base64 of an .npy}}}}
Result<TensorSet> outputs_of(const Json& iteration, const std::string& path) {
  TensorSet set;
  if (!iteration.is_object() || !iteration.contains("outputs") || !iteration["outputs"].is_object())
    return error("{}: an iteration holds no outputs", path);
  for (const auto& [name, value] : iteration["outputs"].items()) {
    const Json::json_pointer lazy("/values/array"), plain("/array");
    const Json* array = value.contains(lazy) ? &value.at(lazy) : value.contains(plain) ? &value.at(plain) : nullptr;
    const std::string where = fmt::format("{}: output '{}'", path, name);
    if (array == nullptr || !array->is_string()) return error("{}: has no array", where);
    const auto bytes = from_base64(array->get<std::string>());
    if (!bytes) return in_context(where, bytes.error());
    NPUTWIN_ASSIGN_OR_RETURN(set[name], parse_npy(*bytes, where));
  }
  return set;
}

}  // namespace

/// By its beginning, {"lst": …: profiles are JSON too, and results may be large.
bool recognises_polygraphy(const std::string& path) {
  if (!path.ends_with(".json")) return false;
  std::ifstream file(path);
  std::string beginning;
  for (char c = 0; beginning.size() < 7 && file >> c;) beginning += c;  // skips white space
  return beginning == "{\"lst\":";
}

/// {"lst": [[runner, [iteration, …]], …]}
Result<CaptureSet> open_polygraphy(const Source& source, const Target& target) {
  NPUTWIN_ASSIGN_OR_RETURN(const Json json, read_json(source.path));
  const Json::json_pointer first_runner("/lst/0/1");
  if (!json.contains(first_runner) || !json.at(first_runner).is_array() || json.at(first_runner).empty())
    return error("{}: holds no iteration of a first runner", source.path);
  std::vector<CaptureSet> samples;
  for (const Json& iteration : json.at(first_runner)) {
    NPUTWIN_ASSIGN_OR_RETURN(TensorSet outputs, outputs_of(iteration, source.path));
    NPUTWIN_ASSIGN_OR_RETURN(CaptureSet sample, captures_by_name(std::move(outputs), source, target));
    samples.push_back(std::move(sample));
  }
  const std::size_t size = samples.size();
  return CaptureSet(size, [samples = std::move(samples)](std::size_t n) { return samples[n].sample(0); });
}

}  // namespace nputwin::captures
