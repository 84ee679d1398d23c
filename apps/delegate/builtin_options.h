#pragma once

#include <span>
#include <string_view>

#include "model/attributes.h"

namespace nputwin::delegate {

/// Attributes by the names of the file format, of what a runtime's node has for its op's options. None where the op has
/// no options, or where `data` is null.
[[nodiscard]] Attributes read_builtin_options(std::string_view op, int version, const void* data);

/// The inverse, for who plays the runtime: sets the fields for which there are attributes. An op's struct fits in
/// kMostOptionBytes.
inline constexpr std::size_t kMostOptionBytes = 64;
void write_builtin_options(std::string_view op, int version, const Attributes& attributes, std::span<std::byte> data);

/// The ops that have options.
[[nodiscard]] std::span<const std::string_view> ops_with_options();

}  // namespace nputwin::delegate
