// A folder of RKNN's accuracy_analysis: snapshot/golden, snapshot/simulator or snapshot/runtime. A file a tensor, real
// numbers: NAME.txt with one a line, in newer versions npy/NAME.npy, which knows its dimensions. In names "/", ":" and
// ";" are "_"; snapshot/map_name_to_file.txt says which file is which tensor.

#include <algorithm>
#include <filesystem>

#include "base/folder.h"
#include "io/npy.h"
#include "sides/captures/format.h"
#include "sides/captures/names.h"

namespace nputwin::captures {
namespace {

constexpr const char* kMap = "map_name_to_file.txt";

std::string as_file_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == ':' || c == ';'; }, '_');
  return name;
}

Result<Saved> read_values(const std::filesystem::path& path) {
  if (path.extension() == ".npy") {
    NPUTWIN_ASSIGN_OR_RETURN(const auto file, read_file(path.string()));
    NPUTWIN_ASSIGN_OR_RETURN(Tensor tensor, parse_npy(file->bytes(), path.string()));
    return Saved{std::move(tensor)};
  }
  NPUTWIN_ASSIGN_OR_RETURN(Tensor tensor, read_text_values(path.string()));
  return Saved{std::move(tensor), false, false};
}

std::filesystem::path values_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::is_directory(folder / "npy", ignored) ? folder / "npy" : folder;
}

bool holds_values(std::string_view name) { return (name.ends_with(".txt") && name != kMap) || name.ends_with(".npy"); }

}  // namespace

bool recognises_rknn(const std::string& path) { return any_file(values_folder(path).string(), holds_values); }

Result<CaptureSet> open_rknn(const Source& source, const Target& target) {
  const std::filesystem::path folder = values_folder(source.path);
  std::map<std::string, int> files;
  for (const auto& where : {std::filesystem::path(source.path), std::filesystem::path(source.path) / ".."}) {
    NPUTWIN_ASSIGN_OR_RETURN(const auto listed,
                             read_tensor_map((where / kMap).string(), folder.string(), target, MapLines::kOthersToo));
    files.insert(listed.begin(), listed.end());
  }
  for (const int t : target.made()) {
    for (const char* ending : {".txt", ".npy"}) files.emplace(as_file_name(target.spec(t).name) + ending, t);
  }
  Capture capture;
  const auto add = [&](int t, const std::filesystem::path& path) -> Status {
    NPUTWIN_ASSIGN_OR_RETURN(Saved saved, read_values(path));
    return add_fitted(capture, t, target.spec(t), std::move(saved), source.layout, path.string());
  };
  std::map<std::string, std::filesystem::path> others;  // files that no tensor is called after, by stem
  NPUTWIN_ASSIGN_OR_RETURN(const auto entries, entries_of(folder.string()));
  for (const std::filesystem::path path : entries) {
    const std::string name = path.filename().string();
    if (!holds_values(name)) continue;
    const auto found = files.find(name);
    if (found == files.end()) {
      others[path.stem().string()] = path;
    } else {
      NPUTWIN_RETURN_IF_ERROR(add(found->second, path));
    }
  }
  std::vector<std::string> keys;
  keys.reserve(others.size());
  for (const auto& [key, path] : others) keys.push_back(key);
  std::set<int> taken;
  for (const auto& [t, tensor] : capture.tensors) taken.insert(t);
  NearNames near = near_names(keys, taken, target, as_file_name);
  for (const auto& [key, t] : near.tensors) NPUTWIN_RETURN_IF_ERROR(add(t, others.at(key)));
  std::ranges::move(near.notes, std::back_inserter(capture.notes));
  const bool only_arrays = folder == std::filesystem::path(source.path) && target.outputs().size() == 1;
  if (capture.tensors.empty() && keys.size() > 1 && only_arrays) {  // the output, a sample a file?
    auto samples = open_sample_folder(source, target);
    if (samples && samples->sample(0)) return samples;
  }
  if (capture.tensors.empty() && !keys.empty())
    return error("{}: no file in it is called like an op's output in {}: {}; `nputwin inspect` lists the names",
                 source.path, target.model->path, unknown_names(keys, target));
  return one_sample(std::move(capture), source, target);
}

}  // namespace nputwin::captures
