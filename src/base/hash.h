#pragma once

#include <cstdint>
#include <string>

#include "base/file.h"

namespace nputwin {

/// The sha256 of `bytes` as 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(Bytes bytes);

/// The hash by which tensors are compared across tools: the first 16 hex digits of their sha256.
[[nodiscard]] inline std::string tensor_hash(Bytes bytes) { return sha256_hex(bytes).substr(0, 16); }

/// 64 bits that tell values apart where nobody wants them to collide. The same on every machine.
[[nodiscard]] std::uint64_t quick_hash(Bytes bytes);

}  // namespace nputwin
