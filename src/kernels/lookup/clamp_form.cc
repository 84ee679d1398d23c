#include <algorithm>

#include "kernels/lookup/lookup.h"

namespace nputwin {
namespace {

std::uint8_t value(const ClampForm& form, std::uint8_t code) {
  const auto x = static_cast<std::int8_t>(code ^ form.flip_in);
  const int y = std::clamp<int>(std::clamp(x + form.add, -128, 127), form.lo, form.hi);
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(y) ^ form.flip_out);
}

/// The only form with these flips that can be the table: its ends are the table's, and where it is no end it has moved.
std::optional<ClampForm> with_flips(const std::uint8_t* table, std::uint8_t flip_in, std::uint8_t flip_out) {
  const auto entry = [&](int x) {
    return static_cast<std::int8_t>(table[static_cast<std::uint8_t>(x) ^ flip_in] ^ flip_out);
  };
  ClampForm form{flip_in, flip_out, 0, entry(-128), entry(127)};
  for (int x = -128; x < 128; ++x) {
    const int y = entry(x);
    if (y == form.lo) continue;
    // The first above the lower end; of two values alone the upper end is clamped, too.
    if (y - x < -128 || y - x > 127) return std::nullopt;
    form.add = static_cast<std::int8_t>(y - x);
    break;
  }
  for (int code = 0; code < 256; ++code) {
    if (value(form, static_cast<std::uint8_t>(code)) != table[code]) return std::nullopt;
  }
  return form;
}

}  // namespace

std::optional<ClampForm> clamp_form(const std::uint8_t* table) {
  for (const std::uint8_t flip_in : {0, 0x80}) {
    for (const std::uint8_t flip_out : {0, 0x80}) {
      if (auto form = with_flips(table, flip_in, flip_out)) return form;
    }
  }
  return std::nullopt;
}

}  // namespace nputwin
