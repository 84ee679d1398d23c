#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// The definition: largest[i] = max(largest[i], in[i]), i < count.
template <typename T>
void max_scalar(const T* in, std::int64_t count, T* largest) {
  for (std::int64_t i = 0; i < count; ++i) largest[i] = std::max(largest[i], in[i]);
}

/// The same by one instruction set.
struct MaxKernels {
  template <typename T>
  using Accumulate = void (*)(const T* in, std::int64_t count, T* largest);

  Accumulate<std::int8_t> i8 = nullptr;
  Accumulate<std::uint8_t> u8 = nullptr;

  // By the element type; null: there is none.
  [[nodiscard]] Accumulate<std::int8_t> of(const std::int8_t* /*in*/) const { return i8; }
  [[nodiscard]] Accumulate<std::uint8_t> of(const std::uint8_t* /*in*/) const { return u8; }
  [[nodiscard]] static Accumulate<std::int16_t> of(const std::int16_t* /*in*/) { return nullptr; }
};

/// For every instruction set but "scalar".
#define NPUTWIN_MAX(name) [[nodiscard]] MaxKernels max_##name(const Isa& isa);
#include "kernels/max/kernels.inc"
#undef NPUTWIN_MAX

}  // namespace nputwin
