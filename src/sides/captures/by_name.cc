#include <algorithm>

#include "sides/captures/format.h"
#include "sides/captures/names.h"

namespace nputwin::captures {
namespace {

/// The key of a tensor's array. Tensors that share a name have their index behind it, nameless ones after "tensor_".
std::optional<std::string> key_of(const TensorSet& arrays, int tensor, const std::string& name) {
  for (const std::string& key :
       {fmt::format("{}#{}", name, tensor), name.empty() ? fmt::format("tensor_{}", tensor) : name}) {
    if (arrays.find(key) != arrays.end()) return key;
  }
  return std::nullopt;
}

/// Whether a key names a tensor that no op makes: an input, a constant.
bool names_another(const std::string& key, const Target& target) {
  return std::ranges::any_of(target.specs, [&](const TensorSpec& spec) { return spec.name == key; });
}

}  // namespace

Result<CaptureSet> captures_by_name(TensorSet arrays, const Source& source, const Target& target) {
  std::map<int, SavedSamples> tensors;
  std::set<int> taken;
  std::set<std::string> used;
  const auto add = [&](int t, const std::string& key) {
    taken.insert(t);
    used.insert(key);
    tensors[t] = {{arrays.at(key)}, fmt::format("{}: '{}'", source.path, key)};
  };
  for (const int t : target.made()) {
    if (const auto key = key_of(arrays, t, target.spec(t).name)) add(t, *key);
  }
  std::vector<std::string> others;
  for (const auto& [key, array] : arrays) {
    if (!used.contains(key) && !names_another(key, target)) others.push_back(key);
  }
  NearNames near = near_names(others, taken, target, [](std::string name) { return name; });
  for (const auto& [key, t] : near.tensors) add(t, key);
  std::erase_if(others, [&](const std::string& key) { return used.contains(key); });
  if (tensors.empty() && !others.empty())
    return error("{}: no array in it is called like an op's output in {}: {}; `nputwin inspect` lists the names",
                 source.path, target.model->path, unknown_names(others, target));
  if (!others.empty())
    near.notes.push_back(fmt::format("no op's output is called {}: left out", unknown_names(others, target)));
  return captures_of(std::move(tensors), std::move(near.notes), source, target);
}

}  // namespace nputwin::captures
