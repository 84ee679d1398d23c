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

/// Takes `head` off the front of `text`, or `tail` off its end; false where it does not stand there.
bool take_front(std::string_view& text, std::string_view head) {
  if (!text.starts_with(head)) return false;
  text.remove_prefix(head.size());
  return true;
}
bool take_end(std::string_view& text, std::string_view tail) {
  if (!text.ends_with(tail)) return false;
  text.remove_suffix(tail.size());
  return true;
}

/// RUNTIME-VERSION-ARCHITECTURE[-MODE], as profiles of runtimes are called; false for other names.
bool parse(std::string_view name, MeasuredRuntime& measured) {
  measured.profile = name;
  for (const RuntimeMode mode : {RuntimeMode::kBuiltin, RuntimeMode::kReference}) {
    if (take_end(name, fmt::format("-{}", nputwin::name(mode)))) measured.mode = mode;
  }
  for (const std::string_view runtime : {"tflite-", "litert-"}) {
    if (take_front(name, runtime)) measured.runtime = runtime.substr(0, runtime.size() - 1);
  }
  for (const std::string_view architecture : {"-x86", "-arm64"}) {
    if (take_end(name, architecture)) measured.architecture = architecture.substr(1);
  }
  measured.version = name;
  return !measured.runtime.empty() && !measured.architecture.empty() && ordinal(name) > 0;
}

}  // namespace

std::vector<MeasuredRuntime> measured_runtimes() {
  std::vector<MeasuredRuntime> runtimes;
  for (const Profile& profile : builtin_profiles()) {
    MeasuredRuntime measured;
    if (parse(profile.name, measured)) runtimes.push_back(std::move(measured));
  }
  return runtimes;
}

RuntimeProfile profile_of_runtime(std::string_view package, std::string_view version, std::string_view machine,
                                  RuntimeMode mode) {
  const std::string_view runtime = package == "ai_edge_litert" ? "litert" : "tflite";
  const std::string_view architecture = architecture_of(machine);
  RuntimeProfile best;
  int distance = 0;
  for (const MeasuredRuntime& measured : measured_runtimes()) {
    if (measured.runtime != runtime || measured.architecture != architecture || measured.mode != mode) continue;
    const int d = std::abs(ordinal(measured.version) - ordinal(version));
    if (!best.name.empty() && d >= distance) continue;
    best = {measured.profile, d == 0};
    distance = d;
  }
  return best;
}

}  // namespace nputwin
