#include "sides/runtime_names.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace nputwin {
namespace {

constexpr MeasuredRuntime kRuntimes[] = {
#define NPUTWIN_RUNTIME(package, version, architecture, mode, profile, nearness) \
  {#package, version, #architecture, RuntimeMode::mode, profile, Nearness::nearness},
#include "sides/runtimes.inc"
#undef NPUTWIN_RUNTIME
};

constexpr int kPatches = 1000;  // how many a minor version may have

/// 2.14.0 as 2014000: differences tell which versions are near.
int ordinal(std::string_view version) {
  int ordinal = 0;
  const char *at = version.data(), *end = at + version.size();
  for (int place = 0; place < 3; ++place) {
    int number = 0;
    const auto [after, failure] = std::from_chars(at, end, number);
    ordinal = ordinal * kPatches + (failure == std::errc{} ? number : 0);
    at = after != end && *after == '.' ? after + 1 : end;
  }
  return ordinal;
}

std::string_view architecture_of(std::string_view machine) {
  if (machine == "x86_64" || machine == "AMD64") return "x86";
  if (machine == "aarch64" || machine == "arm64") return "arm64";
  return {};
}

/// TensorFlow holds the same library as the smaller package, which stands for it where it was not compared itself.
std::string_view compared_package(std::string_view package, std::string_view architecture) {
  const bool compared = std::any_of(std::begin(kRuntimes), std::end(kRuntimes), [&](const MeasuredRuntime& r) {
    return r.package == package && r.architecture == architecture;
  });
  return compared ? package : "tflite_runtime";
}

}  // namespace

std::span<const MeasuredRuntime> measured_runtimes() { return kRuntimes; }

RuntimeProfile profile_of_runtime(std::string_view package, std::string_view version, std::string_view machine,
                                  RuntimeMode mode) {
  const std::string_view architecture = architecture_of(machine);
  const std::string_view compared = compared_package(package, architecture);
  const int asked = ordinal(version);
  const MeasuredRuntime* best = nullptr;
  const auto distance = [&](const MeasuredRuntime& r) { return std::abs(ordinal(r.version) - asked); };
  for (const MeasuredRuntime& r : kRuntimes) {
    if (r.package != compared || r.architecture != architecture || r.mode != mode) continue;
    if (best == nullptr || distance(r) < distance(*best)) best = &r;
  }
  if (best == nullptr) return {};
  const bool same = compared == package && ordinal(best->version) / kPatches == asked / kPatches;
  return {std::string(best->profile), same && best->nearness == Nearness::kMeasured};
}

}  // namespace nputwin
