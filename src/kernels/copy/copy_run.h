#pragma once

#include <cstddef>
#include <cstring>

namespace nputwin {

/// The first and the last kSize bytes of `bytes`, which may overlap.
template <std::size_t kSize>
void copy_both_ends(std::byte* to, const std::byte* from, std::size_t bytes) {
  std::byte first[kSize], last[kSize];
  std::memcpy(first, from, kSize);
  std::memcpy(last, from + (bytes - kSize), kSize);
  std::memcpy(to, first, kSize);
  std::memcpy(to + (bytes - kSize), last, kSize);
}

/// memcpy of `bytes` > 0, where many short runs have one length: up to 32 bytes are copied without a call.
inline void copy_run(std::byte* to, const std::byte* from, std::size_t bytes) {
  if (bytes > 32) {
    std::memcpy(to, from, bytes);
  } else if (bytes >= 16) {
    copy_both_ends<16>(to, from, bytes);
  } else if (bytes >= 8) {
    copy_both_ends<8>(to, from, bytes);
  } else if (bytes >= 4) {
    copy_both_ends<4>(to, from, bytes);
  } else if (bytes >= 2) {
    copy_both_ends<2>(to, from, bytes);
  } else {
    *to = *from;
  }
}

}  // namespace nputwin
