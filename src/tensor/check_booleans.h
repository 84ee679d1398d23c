#pragma once

#include <algorithm>
#include <cstddef>
#include <span>

#include "base/result.h"
#include "tensor/dtype.h"

namespace nputwin {

/// Refuses values of a BOOL tensor with a byte that is neither 0 nor 1: C++ gives no meaning to such a bool. Values
/// come from outside in three ways, each through here: a model's constants, arrays in files, the caller's inputs.
[[nodiscard]] inline Status check_booleans(DType type, std::span<const std::byte> values) {
  if (type != DType::kBool) return {};
  const auto bad = std::ranges::find_if(values, [](std::byte b) { return std::to_integer<int>(b) > 1; });
  if (bad == values.end()) return {};
  return error("has {} as element {} of BOOL, expected 0 or 1", std::to_integer<int>(*bad), bad - values.begin());
}

}  // namespace nputwin
