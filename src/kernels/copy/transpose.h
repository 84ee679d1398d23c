#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// to[i * to_stride + j] = from[j * from_stride + i], i < rows, j < columns, both 16 or more. No byte more is read or
/// written.
using TransposeBytes = void (*)(const std::byte* from, std::int64_t from_stride, std::byte* to, std::int64_t to_stride,
                                std::int64_t rows, std::int64_t columns);

inline constexpr std::int64_t kTransposeBlock = 16;

/// For every instruction set but "scalar".
#define NPUTWIN_TRANSPOSE(name) [[nodiscard]] TransposeBytes transpose_##name(const Isa& isa);
#include "kernels/copy/kernels.inc"
#undef NPUTWIN_TRANSPOSE

}  // namespace nputwin
