#include "profile/op_versions.h"

#include <algorithm>
#include <iterator>

namespace nputwin {
namespace {

struct OpVersions {
  std::string_view op;
  int first;
  bool micro;
  std::array<int, kEnumNames<OpRegistry>.size() - 2> last;  // by OpRegistry, from kTflite291 on; 0: not registered
};

constexpr OpVersions kOpVersions[] = {
#define NPUTWIN_OP_VERSIONS(op, first, micro, ...) {#op, first, (micro) != 0, {__VA_ARGS__}},
#include "profile/op_versions.inc"
#undef NPUTWIN_OP_VERSIONS
};

}  // namespace

Status check_registered(OpRegistry registry, std::string_view op, int version) {
  if (registry == OpRegistry::kNone) return {};
  const auto* const found =
      std::find_if(std::begin(kOpVersions), std::end(kOpVersions), [&](const OpVersions& v) { return v.op == op; });
  const bool listed = found != std::end(kOpVersions);
  const bool micro = registry == OpRegistry::kTflm;
  const int last = !listed ? 0 : micro ? int{found->micro} : found->last[static_cast<std::size_t>(registry) - 1];
  if (last == 0) return error("{} does not have this op", name(registry));
  if (micro || (version >= found->first && version <= last)) return {};
  return error("the model asks for its version {}, {} has {}", version, name(registry),
               found->first == last ? fmt::format("{}", last) : fmt::format("{} to {}", found->first, last));
}

}  // namespace nputwin
