#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// For each of `rows` rows of `size` > 0 bytes, the index of the first of the largest, as uint8 once `flip` is applied
/// to each by exclusive or: 0x80 for int8, 0xFF or 0x7F for the smallest of uint8 or int8.
struct ArgMaxKernels {
  /// A vector more is read.
  void (*rows)(const std::uint8_t* in, std::int64_t rows, std::int64_t size, std::uint8_t flip,
               std::int32_t* out) = nullptr;
  void (*rows_wide)(const std::uint8_t* in, std::int64_t rows, std::int64_t size, std::uint8_t flip,
                    std::int64_t* out) = nullptr;

  void operator()(const std::uint8_t* in, std::int64_t count, std::int64_t size, std::uint8_t flip,
                  std::int32_t* out) const {
    rows(in, count, size, flip, out);
  }
  void operator()(const std::uint8_t* in, std::int64_t count, std::int64_t size, std::uint8_t flip,
                  std::int64_t* out) const {
    rows_wide(in, count, size, flip, out);
  }
};

/// For every instruction set but "scalar".
#define NPUTWIN_ARG_MAX(name) [[nodiscard]] ArgMaxKernels arg_max_##name(const Isa& isa);
#include "kernels/arg_max/kernels.inc"
#undef NPUTWIN_ARG_MAX

}  // namespace nputwin
