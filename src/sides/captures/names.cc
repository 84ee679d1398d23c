#include "sides/captures/names.h"

#include <algorithm>
#include <charconv>

#include "base/suggestion.h"

namespace nputwin::captures {
namespace {

constexpr std::string_view kFirst = ":0";

/// The number behind one of the words that stand for an output's place.
std::optional<std::size_t> place_in(std::string_view key) {
  for (const std::string_view word : {"output_", "output", "out_", "out", "arr_"}) {
    if (!key.starts_with(word)) continue;
    std::size_t place = 0;
    const auto [end, failed] = std::from_chars(key.data() + word.size(), key.data() + key.size(), place);
    if (failed == std::errc() && end == key.data() + key.size()) return place;
  }
  return std::nullopt;
}

class Names {
 public:
  Names(const Target& target, const std::function<std::string(std::string)>& spell,
        const std::vector<std::string>& keys)
      : target_(target), spell_(spell), made_(target.made()) {
    in_order_ = std::ranges::all_of(
        keys, [&](const std::string& key) { return place_in(key).value_or(0) < target.model->main().outputs.size(); });
  }

  /// The tensor that a key is meant for, and why.
  [[nodiscard]] std::optional<std::pair<int, std::string>> find(const std::string& key) const {
    if (const auto t = by_signature(key)) return std::pair(*t, "which the model's signature calls so");
    if (const auto t = but_for_first(key)) return std::pair(*t, "whose name is the same but for ':0'");
    const auto place = place_in(key);
    if (!place || !in_order_) return std::nullopt;
    const auto& outputs = target_.model->main().outputs;
    if (*place >= outputs.size() || !is_made(outputs[*place])) return std::nullopt;
    return std::pair(outputs[*place], fmt::format("the model's output {}", *place));
  }

 private:
  [[nodiscard]] bool is_made(int t) const { return std::ranges::find(made_, t) != made_.end(); }

  [[nodiscard]] std::optional<int> by_signature(const std::string& key) const {
    std::set<int> found;
    for (const Signature& signature : target_.model->signatures) {
      for (const auto& [name, t] : signature.outputs) {
        if ((key == spell_(name) || key == spell_(signature.key + "_" + name)) && is_made(t)) found.insert(t);
      }
    }
    return found.size() == 1 ? std::optional(*found.begin()) : std::nullopt;
  }

  [[nodiscard]] std::optional<int> but_for_first(const std::string& key) const {
    std::set<int> found;
    for (const int t : made_) {
      const std::string& name = target_.spec(t).name;
      const bool has = name.ends_with(kFirst);
      const std::string other = has ? name.substr(0, name.size() - kFirst.size()) : name + std::string(kFirst);
      if (!name.empty() && key == spell_(other)) found.insert(t);
    }
    return found.size() == 1 ? std::optional(*found.begin()) : std::nullopt;
  }

  const Target& target_;
  const std::function<std::string(std::string)>& spell_;
  std::vector<int> made_;
  bool in_order_ = false;  // every key that gives a place has an output there
};

}  // namespace

NearNames near_names(const std::vector<std::string>& keys, std::set<int> taken, const Target& target,
                     const std::function<std::string(std::string)>& spell) {
  const Names names(target, spell, keys);
  NearNames near;
  for (const std::string& key : keys) {
    const auto found = names.find(key);
    if (!found || !taken.insert(found->first).second) continue;
    near.tensors[key] = found->first;
    near.notes.push_back(fmt::format("'{}' is taken for '{}', {}", key, target.spec(found->first).name, found->second));
  }
  return near;
}

std::string unknown_names(const std::vector<std::string>& keys, const Target& target) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> known;
  for (const int t : target.made()) known.push_back(target.spec(t).name);
  for (const Signature& signature : target.model->signatures) {
    for (const auto& [name, t] : signature.outputs) known.push_back(name);
  }
  std::string text;
  for (std::size_t i = 0; i < std::min(keys.size(), kMost); ++i)
    text += fmt::format("{}'{}'{}", i == 0 ? "" : ", ", keys[i], did_you_mean(keys[i], known));
  return keys.size() <= kMost ? text : text + fmt::format(" and {} more", keys.size() - kMost);
}

}  // namespace nputwin::captures
