#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <type_traits>

#include "fixed/traced.h"

namespace nputwin {

/// A function of int16 codes as 512 straight pieces: out = base + ((slope * (q & 127) + 64) >> 7), base and slope by
/// q >> 7. Each knot is moved by half the error that the straight line has in the middle of its piece.
/// Source: TFLite kernels/internal/common.h, LUTPopulate and LUTLookup for int16.
class InterpolatedTable {
 public:
  InterpolatedTable() = default;
  /// `T` is float, as for ops on tensors, or double, as inside SOFTMAX. Real x = input_scale * (q - input_zero), codes
  /// of the output likewise. `fused`: where a piece begins is computed with one rounding (Profile::fused_multiply_add).
  template <typename T>
  InterpolatedTable(T input_scale, std::int32_t input_zero, T output_scale, std::int32_t output_zero,
                    const std::type_identity_t<std::function<T(T)>>& f, bool fused = false);

  bool operator==(const InterpolatedTable&) const = default;

  /// `N`: int16, plain or traced.
  template <typename N>
  [[nodiscard]] N operator()(const N& code) const {
    const auto index = static_cast<std::size_t>(256 + (plain(code) >> 7));
    const std::int32_t base = knots_[index];
    const auto slope = static_cast<std::int16_t>(static_cast<std::uint16_t>(knots_[index + 1] - base));
    const auto up = noted("into the piece, times its slope, / 2^7", ((slope * (code & 127) + 64) >> 7));
    return to<std::int16_t>(noted("plus the piece's base", base + up));
  }

 private:
  std::array<std::int16_t, 513> knots_{};
};

extern template InterpolatedTable::InterpolatedTable(float, std::int32_t, float, std::int32_t,
                                                     const std::function<float(float)>&, bool);
extern template InterpolatedTable::InterpolatedTable(double, std::int32_t, double, std::int32_t,
                                                     const std::function<double(double)>&, bool);

/// LOGISTIC and TANH of int16 codes, from one table of 256 values of 1/(1 + exp(-i/24)).
/// Source: TFLite reference/integer_ops/logistic.h, tanh.h.
class SigmoidTable {
 public:
  SigmoidTable();
  /// `scaled` = input / (1/(3*4096)): +-2^17 stands for +-10.7. Output in Q0.15.
  /// `N`: int32, plain or traced.
  template <typename N>
  [[nodiscard]] Like<std::int16_t, N> logistic(const N& scaled) const {
    const auto value = interpolated<9>(scaled, std::uint32_t{0x7FFF} << 10);
    const auto signed_value = scaled >= 0 ? value + (1 << 9) : (1 << 25) - value + ((1 << 9) - 1);
    return to<std::int16_t>(signed_value >> 10);
  }
  template <typename N>
  [[nodiscard]] Like<std::int16_t, N> tanh(const N& scaled) const {
    const auto value = interpolated<8>(scaled, std::uint32_t{0xFFFF} << 8);
    const auto signed_value = scaled >= 0 ? value + ((1 << 7) - (1 << 23)) : (1 << 23) - value + ((1 << 7) - 1);
    return to<std::int16_t>(signed_value >> 8);
  }

 private:
  /// Between two entries 2^bits apart, times 2^bits; `beyond` the table's end.
  template <int bits, typename N>
  [[nodiscard]] Wide<N> interpolated(const N& scaled, std::int64_t beyond) const {
    const auto size = magnitude(to<std::int64_t>(scaled));
    const auto piece = static_cast<std::size_t>(plain(size) >> bits);
    if (piece >= 255) return beyond;
    const std::int64_t a = values_[piece], b = values_[piece + 1];
    return noted("between two entries of the table", (a << bits) + (size & ((1 << bits) - 1)) * (b - a));
  }

  std::array<std::uint16_t, 256> values_{};  // 0.16
};

}  // namespace nputwin
