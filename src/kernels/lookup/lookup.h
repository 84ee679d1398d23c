#pragma once

#include <cstdint>
#include <optional>

#include "kernels/isa.h"

namespace nputwin {

/// The definition: out[i] = table[in[i]], i < count; the table has 256 entries.
inline void look_up_scalar(const std::uint8_t* table, const std::uint8_t* in, std::int64_t count, std::uint8_t* out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = table[in[i]];
}

/// A table that moves codes and clamps them, with x the bits of the code as int8, after `flip_in`:
/// out = clamp(saturated(x + add), lo, hi), then `flip_out`. Flips are 0 or 0x80, where a code is uint8.
struct ClampForm {
  std::uint8_t flip_in = 0, flip_out = 0;
  std::int8_t add = 0, lo = 0, hi = 0;

  bool operator==(const ClampForm&) const = default;
};

/// The form of that table; nothing: it is another function.
[[nodiscard]] std::optional<ClampForm> clamp_form(const std::uint8_t* table);

/// The same by one instruction set.
struct LookupKernels {
  /// As look_up_scalar. Null: the instruction set has nothing better.
  void (*look_up)(const std::uint8_t* table, const std::uint8_t* in, std::int64_t count, std::uint8_t* out) = nullptr;
  void (*clamp)(const ClampForm& form, const std::uint8_t* in, std::int64_t count, std::uint8_t* out) = nullptr;
};

/// For every instruction set but "scalar".
#define NPUTWIN_LOOKUP(name) [[nodiscard]] LookupKernels lookup_##name(const Isa& isa);
#include "kernels/lookup/kernels.inc"
#undef NPUTWIN_LOOKUP

}  // namespace nputwin
