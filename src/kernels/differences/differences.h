#pragma once

#include <array>
#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// How the 8-bit codes of B differ from those of A: integers, so that every form and every order gives the same.
struct CodeDifferences {
  static constexpr int kWidest = 255;  ///< two codes are never further apart

  std::int64_t aa = 0, bb = 0, ab = 0;                               ///< sums of products of codes less the zero point
  std::int64_t saturated = 0;                                        ///< codes of A at either end of their range
  int least_a = kWidest, most_a = 0, least_b = kWidest, most_b = 0;  ///< of the codes as CodePairs counts them
  std::array<std::int64_t, 2 * kWidest + 1> counts{};                ///< unequal pairs, by b - a + kWidest
  std::int64_t first = -1;                                           ///< the first unequal pair; -1: there is none

  bool operator==(const CodeDifferences&) const = default;
};

/// The codes to be compared, as numbers from 0 to 255: those of int8 codes plus 128.
struct CodePairs {
  const std::uint8_t *a, *b;  ///< as they lie in memory
  std::int64_t count;
  std::uint8_t flip;          ///< 0x80 for int8 codes, which makes them numbers from 0 on; else 0
  std::int16_t zero;          ///< the zero point, 0 to 255
  std::int64_t channels;      ///< of a pixel
  std::int64_t* of_channels;  ///< unequal pairs of each channel are added here; null: nobody asks
  std::int64_t* of_pixels;    ///< likewise of each pixel

  [[nodiscard]] int code_a(std::int64_t i) const { return a[i] ^ flip; }
  [[nodiscard]] int code_b(std::int64_t i) const { return b[i] ^ flip; }
};

/// The definition, for pairs `begin` to `pairs.count`: adds them to `found`.
void differences_scalar(const CodePairs& pairs, std::int64_t begin, CodeDifferences& found);

/// Adds all pairs to `found`; at most 2^40.
using DifferencesKernel = void (*)(const CodePairs& pairs, CodeDifferences& found);

/// For every instruction set but "scalar". Null: there is none.
#define NPUTWIN_DIFFERENCES(name) [[nodiscard]] DifferencesKernel differences_##name(const Isa& isa);
#include "kernels/differences/kernels.inc"
#undef NPUTWIN_DIFFERENCES

/// By the best form that the instruction set has.
[[nodiscard]] DifferencesKernel differences_kernel(const Isa& isa);

}  // namespace nputwin
