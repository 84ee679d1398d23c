#pragma once

#include <array>
#include <vector>

#include "kernels/dot/dot.h"
#include "ops/op.h"

namespace nputwin::ops::unidirectional_sequence_lstm {

// Places of the inputs; of each group of four: input, forget, cell, output gate.
constexpr std::size_t kX = 0, kInputWeights = 1, kRecurrentWeights = 5, kPeephole = 9, kBias = 12, kProjection = 16,
                      kProjectionBias = 17, kOutputState = 18, kCellState = 19, kLayerNorm = 20;
/// In the order of their weights.
enum Gate : std::size_t { kInput, kForget, kCell, kOutput };

/// W x + b as integers, then scaled; zero points are in the bias.
struct Matrix {
  std::vector<std::int8_t> weights;  // and kDotPadding zeros
  std::vector<std::int32_t> bias;
  QuantizedMultiplier scale;
  std::size_t columns = 0;

  /// Of all rows; `x` has kDotPadding zeros behind it.
  void sums(const DotKernels& kernels, const std::int16_t* x, std::int32_t* out) const {
    const auto rows = static_cast<std::int64_t>(bias.size());
    kernels.rows(weights.data(), rows, static_cast<std::int64_t>(columns), x, out);
    for (std::size_t r = 0; r < bias.size(); ++r) out[r] = wrap_int32(std::int64_t{out[r]} + bias[r]);
  }
  bool operator==(const Matrix&) const = default;
};

/// One of the four gates.
struct GateWeights {
  Matrix input, recurrent;
  std::vector<std::int16_t> peephole;  // empty: none
  QuantizedMultiplier peephole_scale;
  bool operator==(const GateWeights&) const = default;
};

/// All that does not change from run to run.
struct Parameters {
  std::array<GateWeights, 4> gates;
  bool coupled = false;  // CIFG
  std::size_t cells = 0, outputs = 0, inputs = 0;
  int cell_exponent = 0;  // log2 of the cell state's scale
  std::int16_t cell_clip = 0;
  QuantizedMultiplier hidden;
  std::int32_t hidden_zero = 0;
  bool by_tables = false;
  FixedPointMultiply multiply;
  QuantizedMultiplier kept, added;  // of f*c and i*g, by tables
  bool projects = false, vectorized = false, subtracts_zero = false;
  Matrix projection;
  std::int8_t projection_clip = 0;
  std::int32_t state_zero = 0;
  bool time_major = false;
  bool operator==(const Parameters&) const = default;
};

/// Reads an LSTM's constants; says what it cannot take.
[[nodiscard]] Result<Parameters> read_parameters(const PrepareContext& context);

}  // namespace nputwin::ops::unidirectional_sequence_lstm
