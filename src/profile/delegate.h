#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/enum_names.h"

namespace nputwin {

/// Who claims ops before a runtime's own kernels get them; session/placement/delegates.h says which ops.
enum class Delegate : std::uint8_t { kNone, kXnnpack, kVx };
template <>
inline constexpr std::array<std::string_view, 3> kEnumNames<Delegate> = {"none", "xnnpack", "vx"};

/// An op that XNNPACK claims, and for which types of its inputs and outputs that are not constant; indices, shapes and
/// conditions do not count.
struct DelegatedOp {
  std::string op;
  bool float32 = false, int8 = false, uint8 = false;
};

}  // namespace nputwin
