#pragma once

#include <cstdint>

#include "base/file.h"

namespace nputwin {

/// A kernel's scratch memory, aligned as RunContext promises.
class Scratch {
 public:
  explicit Scratch(std::size_t bytes) : memory_(bytes + kAlignment) {}

  /// At least as many bytes as were asked for.
  [[nodiscard]] std::span<std::byte> bytes() {
    const std::span<std::byte> all = memory_.mutable_bytes();
    const auto address = reinterpret_cast<std::uintptr_t>(all.data());
    return all.subspan((kAlignment - address % kAlignment) % kAlignment);
  }

 private:
  static constexpr std::size_t kAlignment = 64;

  Blob memory_;
};

}  // namespace nputwin
