#pragma once

#include <cstdint>
#include <vector>

#include "fixed/requantize.h"
#include "kernels/requantize.h"
#include "ops/op.h"

namespace nputwin {

/// Constant weights of a convolution or fully connected layer, ready for exact accumulation.
struct LayerWeights {
  std::vector<std::int16_t> values;      ///< code - zero point, in the order of the file
  std::vector<std::int64_t> bias;        ///< one for each channel; zeros where the node has none
  std::vector<Rescale> rescale;          ///< one for each channel
  std::vector<std::int64_t> magnitude;   ///< sum of |value| of each channel
  std::int64_t largest_accumulator = 0;  ///< bounds |any partial sum| of centred codes for every possible input
  std::int64_t largest_raw = 0;          ///< the same for raw codes, the zero point's share moved into the bias

  /// Every partial sum fits int32, whatever the input.
  [[nodiscard]] bool fits_int32() const { return largest_accumulator <= INT32_MAX; }
  [[nodiscard]] bool raw_fits_int32() const { return largest_raw <= INT32_MAX; }
};

/// What becomes of the zero point of int8 weights.
enum class WeightZero : std::uint8_t { kMustBeZero, kCounts, kIsDropped };

/// Which inputs of a node are what.
struct LayerInputs {
  std::size_t activations = 0, weights = 1, bias = 2;
  WeightZero int8_zero = WeightZero::kMustBeZero;
};

/// Reads the weights (channels along `channel_axis`) and the bias (optional) of a node whose activations and output are
/// codes, and forms the multipliers by `rule`. Checks types, shapes, scales and zero points.
[[nodiscard]] Result<LayerWeights> layer_weights(const PrepareContext& node, RequantizeRule rule, int channel_axis,
                                                 LayerInputs which = {});

/// The rule of a layer: `eight_bits` for 8-bit codes; for int16 codes the profile's rule for the type of the bias.
[[nodiscard]] Result<RequantizeRule> layer_rule(const PrepareContext& node, const RequantizeRule& eight_bits,
                                                LayerInputs which = {});

/// The layer's last step, with its output's zero point and type.
[[nodiscard]] Requantizer layer_requantizer(const PrepareContext& node, const LayerWeights& layer,
                                            const RequantizeRule& rule, CodeRange clamp);

/// Checks that activations, weights and output go together: int8 or int16 with int8, uint8 with uint8, all
/// quantized.
[[nodiscard]] Status check_layer_types(const NodeView& node, LayerInputs which = {});

}  // namespace nputwin
