#include <charconv>
#include <filesystem>

#include "base/folder.h"
#include "sides/captures/format.h"

namespace nputwin::captures {
namespace {

constexpr std::string_view kOp = "op_", kOut = "_out_", kEnding = ".raw";

/// The op and the output that a file's name names: op_0012_CONV_2D_out_0_….raw.
std::optional<std::pair<std::size_t, std::size_t>> parts_of(std::string_view name, const Graph& graph) {
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

}  // namespace

bool recognises_accuracy_debugger(const std::string& path) {
  return any_file(path, [](std::string_view name) { return name.starts_with(kOp) && name.ends_with(kEnding); });
}

/// The bytes of the tensors as they are in memory.
Result<CaptureSet> open_accuracy_debugger(const Source& source, const Target& target) {
  Capture capture;
  const Graph& graph = target.model->main();
  NPUTWIN_ASSIGN_OR_RETURN(const auto entries, entries_of(source.path));
  for (const std::string& path : entries) {
    const auto named = parts_of(std::filesystem::path(path).filename().string(), graph);
    if (!named) continue;
    const int t = graph.nodes[named->first].outputs[named->second];
    if (t < 0) continue;
    const TensorSpec& spec = target.spec(t);
    NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path));
    const Bytes bytes = file->bytes();
    if (bytes.size() != spec.bytes())
      return error("{}: has {} bytes, but '{}' {} {} takes {}", path, bytes.size(), spec.name, name(spec.type),
                   to_string(spec.shape), spec.bytes());
    NPUTWIN_RETURN_IF_ERROR(add_fitted(capture, t, spec, {{spec, {bytes.begin(), bytes.end()}}}, source.layout, path));
  }
  return one_sample(std::move(capture), source, target);
}

}  // namespace nputwin::captures
