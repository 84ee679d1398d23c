#pragma once

#include <cstdint>

#include "kernels/isa.h"

namespace nputwin {

/// A table of the codes for all pairs of 8-bit codes, by the codes' bits.
[[nodiscard]] inline std::size_t place_in_pair_table(std::uint8_t a, std::uint8_t b) {
  return static_cast<std::size_t>(a) * 256 + b;
}

/// The nearest integer to x = (a*m + t)*b + (a*s + u), clamped to lo..hi, all in binary32. |x| < 2^15 for all codes:
/// adding 1.5 * 2^23 rounds x to an integer, and 16 bits hold that. Instruction sets differ in where they round on
/// the way: what holds for one is not known for another.
struct BilinearForm {
  float m = 0, s = 0, t = 0, u = 0;
  float lo = 0, hi = 0;
  /// Pairs whose x is as far as this or farther from the nearest integer are left to the table. Over 1/2: none is.
  float limit = 1;

  bool operator==(const BilinearForm&) const = default;
};

/// How far a form is from a table.
struct BilinearMisses {
  float limit = 1;                   ///< the least distance between x and its integer where that is another code
  float least = -1e9F, most = 1e9F;  ///< what has to be added to all x so that each is nearest to its code
};

/// ((a*ma + b*mb + start) >> shift) + zero, clamped to lo..hi: exact, as long as the sums of all codes are inside
/// int32.
struct ShiftedSumForm {
  std::int32_t ma = 0, mb = 0, start = 0;  ///< |ma|, |mb| < 2^22
  int shift = 0;
  std::int32_t zero = 0, lo = 0, hi = 0;

  bool operator==(const ShiftedSumForm&) const = default;
};

/// A code of an exact integer x: the nearest integer to x * ratio + (x < 0 ? below : above) in binary32, plus zero,
/// clamped to lo..hi. It rises with x or stays, as below <= above and ratio >= 0. |x| < 2^24, |x * ratio| < 2^21.
struct Scaling {
  float ratio = 0, below = 0, above = 0;
  std::int32_t zero = 0, lo = 0, hi = 0;

  bool operator==(const Scaling&) const = default;
};

/// Of (a - za) * (b - zb).
struct ProductForm {
  std::int32_t za = 0, zb = 0;
  Scaling scaling;

  bool operator==(const ProductForm&) const = default;
};

/// Of a*wa + b*wb + start; |wa|, |wb| < 2^15.
struct WeightedSumForm {
  std::int32_t wa = 0, wb = 0, start = 0;
  Scaling scaling;

  bool operator==(const WeightedSumForm&) const = default;
};

/// Loops over codes of one type.
template <typename T>
struct PairLoops {
  // out[i] = the code of a[i], b[i] for i < count.
  void (*bilinear)(const BilinearForm& form, const T* a, const T* b, std::int64_t count, const std::uint8_t* table,
                   T* out) = nullptr;
  void (*shifted_sum)(const ShiftedSumForm& form, const T* a, const T* b, std::int64_t count, T* out) = nullptr;
  void (*product)(const ProductForm& form, const T* a, const T* b, std::int64_t count, T* out) = nullptr;
  void (*weighted_sum)(const WeightedSumForm& form, const T* a, const T* b, std::int64_t count, T* out) = nullptr;
  /// Adds to `misses` what 256 pairs show whose codes are `expected`.
  void (*compare)(const BilinearForm& form, const T* a, const T* b, const T* expected,
                  BilinearMisses& misses) = nullptr;
};

/// The forms by one instruction set.
struct PairKernels {
  PairLoops<std::int8_t> i8;
  PairLoops<std::uint8_t> u8;
  /// codes[i] = the code of x[i]; `count` is a multiple of 64.
  void (*scale)(const Scaling& scaling, const std::int32_t* x, std::int64_t count, std::int32_t* codes) = nullptr;

  // By the element type.
  [[nodiscard]] const PairLoops<std::int8_t>& of(std::int8_t /*code*/) const { return i8; }
  [[nodiscard]] const PairLoops<std::uint8_t>& of(std::uint8_t /*code*/) const { return u8; }
};

/// For every instruction set but "scalar".
#define NPUTWIN_PAIRS(name) [[nodiscard]] PairKernels pairs_##name(const Isa& isa);
#include "kernels/pairs/kernels.inc"
#undef NPUTWIN_PAIRS

}  // namespace nputwin
