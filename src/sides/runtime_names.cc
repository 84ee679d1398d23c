#include "sides/runtime_names.h"

#include <charconv>
#include <cstdlib>

#include "profile/profile.h"

namespace nputwin {
namespace {

/// 2.14.0 as 2014, 2.9.1 as 2009: versions as far as profiles tell them apart.
int ordinal(std::string_view version) {
  int major = 0, minor = 0;
  const char* end = version.data() + version.size();
  const auto [after, failure] = std::from_chars(version.data(), version.data() + version.size(), major);
  if (failure != std::errc{}) return 0;
  if (after != end && *after == '.') std::from_chars(after + 1, end, minor);
  return major * 1000 + minor;
}

std::string_view architecture_of(std::string_view machine) {
  if (machine == "x86_64" || machine == "AMD64") return "x86";
  if (machine == "aarch64" || machine == "arm64") return "arm64";
  return {};
}

}  // namespace

RuntimeProfile profile_of_runtime(std::string_view package, std::string_view version, std::string_view machine,
                                  std::string_view suffix) {
  const std::string head = package == "ai_edge_litert" ? "litert-" : "tflite-";
  const std::string_view architecture = architecture_of(machine);
  if (architecture.empty()) return {};
  const std::string tail = fmt::format("-{}{}", architecture, suffix);
  RuntimeProfile best;
  int distance = 0;
  for (const Profile& p : builtin_profiles()) {
    if (!p.name.starts_with(head) || !p.name.ends_with(tail) || p.name.size() <= head.size() + tail.size()) continue;
    const std::string measured = p.name.substr(head.size(), p.name.size() - head.size() - tail.size());
    if (measured.find('-') != std::string::npos) continue;
    const int d = std::abs(ordinal(measured) - ordinal(version));
    if (best.name.empty() || d < distance) best = {p.name, d == 0}, distance = d;
  }
  return best;
}

}  // namespace nputwin
