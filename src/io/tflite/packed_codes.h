#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/file.h"
#include "base/result.h"

namespace nputwin {

/// An element type whose codes stand packed in a buffer, the first one of a byte in its lowest bits.
struct PackedType {
  int tflite_code, bits;
};
inline constexpr PackedType kPackedTypes[] = {{17 /* INT4 */, 4}, {19 /* INT2 */, 2}};

/// How many bytes `count` codes take. `bits`: 4 or 2.
[[nodiscard]] constexpr std::int64_t packed_size(std::int64_t count, int bits) {
  const int each = 8 / bits;
  return (count + each - 1) / each;
}

/// `count` codes as int8. `packed` has packed_size bytes.
[[nodiscard]] std::shared_ptr<Blob> unpack_codes(Bytes packed, std::int64_t count, int bits);

/// The inverse. Fails where a code needs more bits.
[[nodiscard]] Result<std::shared_ptr<Blob>> pack_codes(Bytes codes, int bits);

}  // namespace nputwin
