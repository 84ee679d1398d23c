#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// largest[i] = max(largest[i], in[i]), i < count.
struct MaxKernels {
  void (*accumulate_i8)(const std::int8_t* in, std::int64_t count, std::int8_t* largest);
  void (*accumulate_u8)(const std::uint8_t* in, std::int64_t count, std::uint8_t* largest);
};

/// For every instruction set, "scalar" too.
[[nodiscard]] MaxKernels max_kernels(const Isa& isa);

}  // namespace nputwin
