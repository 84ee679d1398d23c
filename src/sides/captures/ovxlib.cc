// What OVXLIB's vsi_nn_DumpGraphNodeOutputs writes on a board: [PREFIX_]OP_uid_UID_t_OUTPUT_s_D0_D1_….txt, a value a
// line, the innermost dimension first. The uid is the dumped graph's; which tensor of the model it makes is said by
// tensors.txt, or by the VX delegate's vx_node_trace_db.json (built with TFLITE_ENABLE_NODE_TRACE). After the
// delegate's layout inference a picture is WHCN, before it CWHN, which is NHWC read from its other end.

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/folder.h"
#include "io/json.h"
#include "sides/captures/format.h"

namespace nputwin::captures {
namespace {

struct Name {
  std::uint32_t uid = 0, output = 0;
  Shape shape;  // outermost first
};

/// "uid_7_t_0_s_28_28_16_1.txt" behind any beginning; sub-nodes' files ("_sub_") are none.
std::optional<Name> parse_name(std::string_view file) {
  constexpr std::string_view kUid = "_uid_", kText = ".txt";
  const std::size_t found = file.rfind(kUid);
  if (found == std::string_view::npos || !file.ends_with(kText)) return std::nullopt;
  file = file.substr(found + kUid.size(), file.size() - found - kUid.size() - kText.size());
  const char *at = file.data(), *end = file.data() + file.size();
  const auto number = [&](auto& value) {
    const auto [next, failed] = std::from_chars(at, end, value);
    at = next;
    return failed == std::errc();
  };
  const auto literal = [&](std::string_view text) {
    if (!std::string_view(at, static_cast<std::size_t>(end - at)).starts_with(text)) return false;
    at += text.size();
    return true;
  };
  Name name;
  if (!number(name.uid) || !literal("_t_") || !number(name.output) || !literal("_s")) return std::nullopt;
  while (at != end) {
    std::int32_t size = 0;
    if (!literal("_") || !number(size) || size < 1) return std::nullopt;
    name.shape.insert(name.shape.begin(), size);
  }
  return name;
}

/// From a uid to the outputs of the op that its node ends: [{"tflite_node_id": {"outputs": [tensor]}, "tim_vx_uid":
/// [uid]}]
Result<std::map<std::uint32_t, std::vector<int>>> read_trace(const std::string& path, const Target& target) {
  std::map<std::uint32_t, std::vector<int>> outputs;
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return outputs;
  NPUTWIN_ASSIGN_OR_RETURN(const Json json, read_json(path));
  std::size_t number = 0;
  for (const auto& entry : json) {
    ++number;
    const Json::json_pointer tensors("/tflite_node_id/outputs"), uids("/tim_vx_uid");
    if (!entry.contains(tensors) || !entry.contains(uids) || !entry.at(uids).is_array() || entry.at(uids).empty())
      continue;
    const auto& last = entry.at(uids).back();
    if (!last.is_number_unsigned() || !entry.at(tensors).is_array())
      return error("{}: expected numbers in tim_vx_uid and a list in outputs", path);
    for (const auto& t : entry.at(tensors)) {
      const std::int64_t index = t.is_number_integer() ? t.get<std::int64_t>() : -1;
      if (index >= static_cast<std::int64_t>(target.specs.size()))
        return error(
            "{}: entry {} makes tensor {}, and {} has tensors 0 to {}: was the trace written of another model?", path,
            number, index, target.model->path, target.specs.size() - 1);
      outputs[last.get<std::uint32_t>()].push_back(static_cast<int>(std::max<std::int64_t>(index, -1)));
    }
  }
  return outputs;
}

/// VSI_NN_ENABLE_I8TOU8 turns a whole graph's int8 codes into uint8, 128 higher. Whether it did, as far as values tell.
bool int8_as_uint8(const std::vector<std::pair<int, Saved>>& tensors, const Target& target) {
  return std::any_of(tensors.begin(), tensors.end(), [&](const auto& entry) {
    const Tensor& tensor = entry.second.tensor;
    if (target.spec(entry.first).type != DType::kInt8 || tensor.spec.type != DType::kInt32) return false;
    const auto codes = tensor.view().template as<std::int32_t>();
    return std::any_of(codes.begin(), codes.end(), [](std::int32_t c) { return c > INT8_MAX; });
  });
}

}  // namespace

bool recognises_ovxlib(const std::string& path) {
  return any_file(path, [](std::string_view name) { return parse_name(name).has_value(); });
}

Result<CaptureSet> open_ovxlib(const Source& source, const Target& target) {
  const std::filesystem::path folder(source.path);
  NPUTWIN_ASSIGN_OR_RETURN(const auto listed,
                           read_tensor_map((folder / "tensors.txt").string(), source.path, target, MapLines::kAllMap));
  NPUTWIN_ASSIGN_OR_RETURN(const auto traced, read_trace((folder / "vx_node_trace_db.json").string(), target));
  if (listed.empty() && traced.empty())
    return error(
        "{}: nothing says which tensor a file holds; put the delegate's vx_node_trace_db.json beside them, or a "
        "tensors.txt with lines such as 'tensor/name CONV2D_uid_7_t_0_s_28_28_16_1.txt'",
        source.path);
  const auto made = target.made();
  std::vector<std::pair<int, Saved>> tensors;
  NPUTWIN_ASSIGN_OR_RETURN(const auto entries, entries_of(source.path));
  for (const std::string& path : entries) {
    const std::string file = std::filesystem::path(path).filename().string();
    const auto name = parse_name(file);
    if (!name) continue;
    int tensor = -1;
    if (const auto found = listed.find(file); found != listed.end()) {
      tensor = found->second;
    } else if (const auto outputs = traced.find(name->uid);
               outputs != traced.end() && name->output < outputs->second.size()) {
      tensor = outputs->second[name->output];
    }
    if (std::find(made.begin(), made.end(), tensor) == made.end()) continue;
    NPUTWIN_ASSIGN_OR_RETURN(Tensor values, read_text_values(path));
    if (values.spec.elements() != element_count(name->shape))
      return error("{}: has {} values, its name says {}", path, values.spec.elements(), to_string(name->shape));
    values.spec.shape = name->shape;
    values.spec.name = path;
    tensors.emplace_back(tensor, Saved{std::move(values), true, false});
  }
  Capture capture;
  const bool shifted = int8_as_uint8(tensors, target);
  for (auto& [tensor, saved] : tensors) {
    const TensorSpec& spec = target.spec(tensor);
    const std::string where = saved.tensor.spec.name;
    Layout layout = source.layout;
    if (shifted && spec.type == DType::kInt8 && saved.tensor.spec.type == DType::kInt32) {
      TensorSpec as_uint8 = spec;
      as_uint8.type = DType::kUInt8;
      Capture codes;
      NPUTWIN_RETURN_IF_ERROR(add_fitted(codes, tensor, as_uint8, std::move(saved), source.layout, where));
      capture.notes.insert(capture.notes.end(), codes.notes.begin(), codes.notes.end());
      saved = {std::move(codes.tensors.at(tensor))};
      layout = Layout::kNhwc;  // it is in order now
    }
    NPUTWIN_RETURN_IF_ERROR(add_fitted(capture, tensor, spec, std::move(saved), layout, where));
  }
  return one_sample(std::move(capture), source, target);
}

}  // namespace nputwin::captures
