#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <type_traits>

namespace nputwin {

/// A function of int16 codes as 512 straight pieces: out = base + ((slope * (q & 127) + 64) >> 7), base and slope by
/// q >> 7. Each knot is moved by half the error that the straight line has in the middle of its piece.
/// Source: TFLite kernels/internal/common.h, LUTPopulate and LUTLookup for int16.
class InterpolatedTable {
 public:
  InterpolatedTable() = default;
  /// `T` is float, as for ops on tensors, or double, as inside SOFTMAX. Real x = input_scale * (q - input_zero), codes
  /// of the output likewise.
  template <typename T>
  InterpolatedTable(T input_scale, std::int32_t input_zero, T output_scale, std::int32_t output_zero,
                    const std::type_identity_t<std::function<T(T)>>& f);

  [[nodiscard]] std::int16_t operator()(std::int16_t code) const;

 private:
  std::array<std::int16_t, 513> knots_{};
};

extern template InterpolatedTable::InterpolatedTable(float, std::int32_t, float, std::int32_t,
                                                     const std::function<float(float)>&);
extern template InterpolatedTable::InterpolatedTable(double, std::int32_t, double, std::int32_t,
                                                     const std::function<double(double)>&);

/// LOGISTIC and TANH of int16 codes, from one table of 256 values of 1/(1 + exp(-i/24)).
/// Source: TFLite reference/integer_ops/logistic.h, tanh.h.
class SigmoidTable {
 public:
  SigmoidTable();
  /// `scaled` = input / (1/(3*4096)): +-2^17 stands for +-10.7. Output in Q0.15.
  [[nodiscard]] std::int16_t logistic(std::int32_t scaled) const;
  [[nodiscard]] std::int16_t tanh(std::int32_t scaled) const;

 private:
  std::array<std::uint16_t, 256> values_{};  // 0.16
};

}  // namespace nputwin
