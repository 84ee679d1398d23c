#include "kernels/isa.h"

#include <fmt/ranges.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cctype>

namespace nputwin {

const std::vector<Isa>& available_isas() {
  static const std::vector<Isa> kIsas = [] {
    std::vector<Isa> isas;
    for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {  // lowest bit first: the fastest
      if (target == HWY_SCALAR || target == HWY_EMU128)
        continue;  // not instruction sets; "scalar" is our own plain code
      std::string name = hwy::TargetName(target);
      std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
      isas.push_back({name, target});
    }
    isas.push_back({"scalar", 0});
    return isas;
  }();
  return kIsas;
}

std::string vector_library_version() { return fmt::format("{}.{}.{}", HWY_MAJOR, HWY_MINOR, HWY_PATCH); }

const Isa& scalar_isa() { return available_isas().back(); }

Result<Isa> find_isa(std::string_view name) {
  if (name == "auto") return available_isas().front();
  std::vector<std::string_view> names;
  for (const auto& isa : available_isas()) {
    if (isa.name == name) return isa;
    names.push_back(isa.name);
  }
  return error("this processor has no instruction set '{}'; it has: {}", name, fmt::join(names, ", "));
}

}  // namespace nputwin
