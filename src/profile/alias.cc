#include "profile/alias.h"

#include <algorithm>

namespace nputwin {
namespace {

/// The builds of TensorFlow Lite that boards with AArch64 have, with space between them.
constexpr std::string_view kArm64Builds =
    "tflite-2.9.1-arm64 tflite-2.11-arm64 tflite-2.13-arm64 tflite-2.14-arm64 tflite-2.9.1-arm64-ruy "
    "tflite-2.14-arm64-ruy litert-2.1-arm64";

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> result;
  while (!text.empty()) {
    result.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), result.back().size() + 1));
  }
  return result;
}

}  // namespace

std::span<const Alias> aliases() {
  static const std::vector<Alias> kAliases = {
#define NPUTWIN_ALIAS(name, what, profiles) {name, what, words(profiles)},
#include "profile/aliases.inc"
#undef NPUTWIN_ALIAS
  };
  return kAliases;
}

const Alias* find_alias(std::string_view name) {
  const auto found = std::ranges::find(aliases(), name, &Alias::name);
  return found == aliases().end() ? nullptr : &*found;
}

std::string without_alias(std::string_view text) {
  const std::string_view name = text.substr(0, text.find('{'));
  const Alias* alias = find_alias(name);
  if (alias == nullptr || alias->profiles.size() != 1) return std::string(text);
  return std::string(alias->profiles.front()) + std::string(text.substr(name.size()));
}

}  // namespace nputwin
