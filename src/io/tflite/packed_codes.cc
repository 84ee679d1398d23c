#include "io/tflite/packed_codes.h"

namespace nputwin {

std::shared_ptr<Blob> unpack_codes(Bytes packed, std::int64_t count, int bits) {
  const int each = 8 / bits;
  auto codes = std::make_shared<Blob>(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const auto byte = static_cast<unsigned>(packed[static_cast<std::size_t>(i / each)]);
    const auto top = static_cast<std::int8_t>(byte << (8 - bits * (1 + i % each)));  // the code in the top bits
    codes->mutable_bytes()[static_cast<std::size_t>(i)] = static_cast<std::byte>(top >> (8 - bits));
  }
  return codes;
}

Result<std::shared_ptr<Blob>> pack_codes(Bytes codes, int bits) {
  const auto each = static_cast<std::size_t>(8 / bits);
  const int lowest = -(1 << (bits - 1)), highest = -lowest - 1;
  const auto size = packed_size(static_cast<std::int64_t>(codes.size()), bits);
  auto packed = std::make_shared<Blob>(static_cast<std::size_t>(size));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const auto code = static_cast<std::int8_t>(codes[i]);
    if (code < lowest || code > highest)
      return error("holds {}, expected a code of {} bits, {} to {}", code, bits, lowest, highest);
    const auto low = static_cast<unsigned>(code) & ((1U << bits) - 1);
    packed->mutable_bytes()[i / each] |= static_cast<std::byte>(low << (static_cast<std::size_t>(bits) * (i % each)));
  }
  return packed;
}

}  // namespace nputwin
