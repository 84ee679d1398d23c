#pragma once

#include <cstdint>
#include <vector>

#include "kernels/isa.h"

namespace nputwin {

/// Where an output column lies: between the input columns that begin at these elements of a row.
struct ResizeColumn {
  std::int32_t left = 0, right = 0;
  std::int32_t weight = 0;  ///< of the right one, in 2^-bits
  bool operator==(const ResizeColumn&) const = default;
};

/// Which of the binary32 forms of RESIZE_BILINEAR (ops/move/resize_bilinear.cc) a row is computed by.
enum class ResizeBlend : std::uint8_t { kColumnsLast, kWeightsFirst, kEarlyHalf, kFactored };

/// A row of `count` elements between two rows of the input whose columns are those of the output already. So nothing
/// here depends on the number of channels but the step that makes these rows, once for each row of the input.
///
/// In integers, with one = 2^bits and `away` for ties away from zero, else up, exact where |code| times both weights
/// stays below 2^31 (see resize_bilinear.cc):
///
///   columns: out = left * (one - wx) + right * wx       rows: out = round((top * (one - wy) + bottom * wy) / one^2)
///
/// In binary32 both neighbours of a column are kept, and `blend` has the form's products and sums in its order.
struct ResizeKernels {
  template <typename T>
  struct OfCodes {
    void (*columns)(const T* row, const ResizeColumn* columns, std::int64_t count, std::int64_t channels, int bits,
                    std::int32_t* out) = nullptr;
    void (*rows)(const std::int32_t* top, const std::int32_t* bottom, std::int64_t count, int bits, std::int32_t weight,
                 bool away, T* out) = nullptr;
  };
  OfCodes<std::int8_t> i8;
  OfCodes<std::uint8_t> u8;

  void (*corners)(const std::uint8_t* row, const ResizeColumn* columns, std::int64_t count, std::int64_t channels,
                  float* left, float* right) = nullptr;
  /// tl, tr, bl, br: the four neighbours of each element; fx: the right ones' weight, fy: the bottom ones'.
  using Blend = void (*)(const float* tl, const float* tr, const float* bl, const float* br, const float* fx, float fy,
                         std::int64_t count, std::uint8_t* out);
  Blend blend[4] = {};  ///< by ResizeBlend
  Blend fused[4] = {};  ///< the same with fused multiply-adds; null: the instruction set has none

  [[nodiscard]] const OfCodes<std::int8_t>& of(const std::int8_t* /*codes*/) const { return i8; }
  [[nodiscard]] const OfCodes<std::uint8_t>& of(const std::uint8_t* /*codes*/) const { return u8; }
};

/// How many elements beyond its end a line of the above may be written: a vector.
inline constexpr std::int64_t kResizeSpill = 32;

/// For every instruction set but "scalar".
#define NPUTWIN_RESIZE(name) [[nodiscard]] ResizeKernels resize_##name(const Isa& isa);
#include "kernels/resize/kernels.inc"
#undef NPUTWIN_RESIZE

}  // namespace nputwin
