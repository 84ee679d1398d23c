#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "fixed/requantize.h"
#include "tensor/dtype.h"

namespace nputwin {

/// One form for every rule: a sum's code by binary32 arithmetic, or the word that the rule itself must be asked.
///
///   v = nearest((sum +- away) * scale + offset), an integer with `fraction_bits` bits after the point
///   v mod 2^fraction_bits >= limit: the code is floor(v / 2^fraction_bits), clamped; else it is not known here
///
/// `scale` is the rule's M, `offset` the zero point and 1/2, both times 2^fraction_bits, and the margin that guarded.cc
/// derives: by it v is never below the real value, so that one comparison finds what lies near a tie on either side.
/// `away` has the sum's sign: the first of two roundings, see there. A rule is `careful` where it has one, or where a
/// product can be too large for v: then it is cut off far beyond every code.
struct GuardedCodes {
  /// Vectors may read this many entries past the last channel; what they find there is never near a tie.
  static constexpr int kPadding = 128;
  static constexpr int kMostFractionBits = 16, kMostOfWide = 14, kFewestFractionBits = 8;

  // One entry a channel, and kPadding more.
  std::vector<float> scale, offset;
  std::vector<float> away;  ///< read where `careful`
  std::vector<std::int32_t> limit;
  int fraction_bits = 0;
  /// 8-bit codes are int8 here: uint8 ones less 128, which `flip`, then 0x80, undoes.
  std::int16_t lo = 0, hi = 0;
  std::int8_t flip = 0;
  bool wide = false;  ///< codes are int16
  bool careful = false;

  /// Between which v is cut off: some 2^(30 - fraction_bits) codes either way, and half way between two.
  [[nodiscard]] float lowest() const { return -0x1p30F + static_cast<float>(1 << (fraction_bits - 1)); }
  [[nodiscard]] float highest() const { return 0x1p30F + static_cast<float>(1 << (fraction_bits - 1)); }
};

/// A layer's rule, its channels' multipliers, and the bound of |any sum|.
struct RequantizeWork {
  const RequantizeRule& rule;
  std::span<const EffectiveMultiplier> channels;
  std::int64_t largest;
};

/// What becomes codes together: a layer's work by one rule, or by several where a runtime has one for most elements and
/// others for the rest. A code that is given is the code by every one of them.
struct GuardedWork {
  std::vector<RequantizeWork> works;  ///< of equal channels
  std::int32_t zero_point = 0;
  CodeRange clamp{};
  DType output = DType::kInt8;
};

/// Fills `codes` in; returns why the form would not be exact or of no use, in words for people. Empty: it is.
[[nodiscard]] std::string guard_codes(const GuardedWork& work, GuardedCodes& codes);

}  // namespace nputwin
