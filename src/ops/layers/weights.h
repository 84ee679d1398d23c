#pragma once

#include <cstdint>
#include <vector>

#include "fixed/requantize.h"
#include "mac/epilogue.h"
#include "mac/layer.h"
#include "ops/op.h"

namespace nputwin {

/// Constant weights of a layer, with the multipliers that turn its sums into codes.
struct LayerWeights : MacWeights {
  std::vector<EffectiveMultiplier> multipliers;  ///< effective, one for each channel
};

/// What becomes of the zero point of int8 weights.
enum class WeightZero : std::uint8_t { kMustBeZero, kCounts, kIsDropped };

/// Which inputs of a node are what.
struct LayerInputs {
  std::size_t activations = 0, weights = 1, bias = 2;
  WeightZero int8_zero = WeightZero::kMustBeZero;
  bool any_axis = false;  ///< scales count by channel, whatever axis the file gives
};

/// Reads the weights (channels along `channel_axis`) and the bias (optional) of a node whose activations and output are
/// codes, and forms the multipliers by `rule`. Checks types, shapes, scales and zero points.
[[nodiscard]] Result<LayerWeights> layer_weights(const PrepareContext& node, RequantizeRule rule, int channel_axis,
                                                 LayerInputs which = {});

/// The rule of a layer: `eight_bits` for 8-bit codes; for int16 codes the profile's rule for the type of the bias.
[[nodiscard]] Result<RequantizeRule> layer_rule(const PrepareContext& node, const RequantizeRule& eight_bits,
                                                LayerInputs which = {});

/// The layer's sums as codes by one rule, with its output's zero point and type.
[[nodiscard]] Requantizer layer_requantizer(const PrepareContext& node, const LayerWeights& layer,
                                            const RequantizeRule& rule, CodeRange clamp);

/// The node as a multiply-accumulate layer, by the best backend that takes it.
[[nodiscard]] std::unique_ptr<Kernel> layer_kernel(const PrepareContext& node, Taps taps, MacWeights weights,
                                                   Epilogue epilogue, LayerInputs which = {});

/// Checks that activations, weights and output go together: int8 or int16 with int8, uint8 with uint8, all
/// quantized.
[[nodiscard]] Status check_layer_types(const NodeView& node, LayerInputs which = {});

}  // namespace nputwin
