#include "io/capture.h"

#include <openssl/evp.h>

#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "io/npy.h"
#include "io/npz.h"

namespace nputwin {
namespace {

Result<nlohmann::json> read_json(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
  const auto* text = reinterpret_cast<const char*>(file->bytes().data());
  auto json = nlohmann::json::parse(text, text + file->bytes().size(), nullptr, false);
  if (json.is_discarded()) return error("{}: is no JSON", path);
  return json;
}

/// What Polygraphy calls its list of runners.
bool is_polygraphy(const nlohmann::json& json) {
  return json.is_object() && json.contains("lst") && json["lst"].is_array();
}

Result<std::vector<std::byte>> from_base64(const std::string& text) {
  std::vector<std::byte> bytes(text.size() / 4 * 3 + 1);
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0 || text.size() % 4 != 0) return error("is no base64 text");
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

/// {"lst": [[runner, [{"outputs": {name: {"values": {"array": base64 of an .npy}}}}, …]], …]}
Result<TensorSet> read_polygraphy(const std::string& path) {
  NPUTWIN_ASSIGN_OR_RETURN(const nlohmann::json json, read_json(path));
  if (!is_polygraphy(json)) return error("{}: is no file of Polygraphy's outputs (no list 'lst')", path);
  const nlohmann::json::json_pointer outputs("/lst/0/1/0/outputs");
  if (!json.contains(outputs) || !json.at(outputs).is_object())
    return error("{}: holds no outputs of a first iteration of a first runner", path);
  TensorSet set;
  for (const auto& [name, value] : json.at(outputs).items()) {
    const nlohmann::json::json_pointer lazy("/values/array"), plain("/array");
    const auto* array = value.contains(lazy)    ? &value.at(lazy)
                        : value.contains(plain) ? &value.at(plain)
                                                : nullptr;
    const std::string where = fmt::format("{}: output '{}'", path, name);
    if (array == nullptr || !array->is_string()) return error("{}: has no array", where);
    const auto bytes = from_base64(array->get<std::string>());
    if (!bytes) return at(where, bytes.error());
    NPUTWIN_ASSIGN_OR_RETURN(set[name], parse_npy(*bytes, where));
  }
  return set;
}

Capture by_name(TensorSet set, const Model& model) {
  Capture capture;
  const Graph& graph = model.main();
  for (const Node& node : graph.nodes) {
    for (const int t : node.outputs) {
      const auto found = t < 0 ? set.end() : set.find(graph.tensors[static_cast<std::size_t>(t)].spec.name);
      if (found != set.end()) capture.tensors.emplace(t, found->second);
    }
  }
  return capture;
}

/// The op and the output that a file's name names: op_0012_CONV_2D_out_0_….raw.
std::optional<std::pair<std::size_t, std::size_t>> raw_name(std::string_view name, const Graph& graph) {
  constexpr std::string_view kOp = "op_", kOut = "_out_", kEnding = ".raw";
  if (!name.starts_with(kOp) || !name.ends_with(kEnding)) return std::nullopt;
  std::size_t node = 0, output = 0;
  const auto [after, failed] = std::from_chars(name.data() + kOp.size(), name.data() + name.size(), node);
  if (failed != std::errc() || node >= graph.nodes.size()) return std::nullopt;
  const std::string rest = "_" + graph.nodes[node].op + std::string(kOut);
  const std::string_view tail(after, name.data() + name.size());
  if (!tail.starts_with(rest)) return std::nullopt;
  const auto [end, wrong] = std::from_chars(tail.data() + rest.size(), tail.data() + tail.size(), output);
  if (wrong != std::errc() || output >= graph.nodes[node].outputs.size() || (*end != '_' && *end != '.'))
    return std::nullopt;
  return std::pair(node, output);
}

Result<Capture> read_raw_folder(const std::string& folder, const Model& model) {
  Capture capture;
  const Graph& graph = model.main();
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    const auto named = raw_name(entry.path().filename().string(), graph);
    if (!named) continue;
    const int t = graph.nodes[named->first].outputs[named->second];
    if (t < 0) continue;
    const TensorSpec& spec = graph.tensors[static_cast<std::size_t>(t)].spec;
    NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(entry.path().string()));
    const Bytes bytes = file->bytes();
    if (bytes.size() != spec.bytes())
      return error("{}: has {} bytes, but '{}' {} {} takes {}", entry.path().string(), bytes.size(),
                   spec.name, name(spec.type), to_string(spec.shape), spec.bytes());
    capture.tensors[t] = {spec, {bytes.begin(), bytes.end()}};
  }
  if (failed) return error("{}: {}", folder, failed.message());
  return capture;
}

}  // namespace

bool is_capture_file(const std::string& path) {
  std::error_code ignored;
  if (path.ends_with(".npz") || std::filesystem::is_directory(path, ignored)) return true;
  if (!path.ends_with(".json")) return false;
  const auto json = read_json(path);
  return json && is_polygraphy(*json);
}

Result<Capture> read_capture(const std::string& path, const Model& model) {
  Capture capture;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    NPUTWIN_ASSIGN_OR_RETURN(capture, read_raw_folder(path, model));
  } else {
    NPUTWIN_ASSIGN_OR_RETURN(TensorSet set, path.ends_with(".json") ? read_polygraphy(path) : read_npz(path));
    capture = by_name(std::move(set), model);
  }
  capture.source = path, capture.partial = true;
  if (capture.tensors.empty())
    return error("{}: nothing in it belongs to an op's output in {}; `nputwin inspect` lists the names", path,
                 model.path);
  return capture;
}

}  // namespace nputwin
