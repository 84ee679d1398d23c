#pragma once

#include <cstdint>
#include <vector>

#include "fixed/requantize.h"
#include "mac/epilogue.h"
#include "mac/layer.h"
#include "ops/op.h"

namespace nputwin {

/// A layer's rule as TFLite has it where weights have a scale a channel: M is then formed in binary64.
[[nodiscard]] RequantizeRule rule_for_scales(RequantizeRule rule, bool per_channel);

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

/// Which rules a layer of int16 codes has.
using Int16Sums = Int16SumRules (*)(const Profile& profile, const Int16Rules& rules);
/// Those of CONV_2D.
[[nodiscard]] Int16SumRules convolution_sums(const Profile& profile, const Int16Rules& rules);

/// The rule of a layer: `eight_bits` for 8-bit codes; for int16 codes that of the sum's width. An error where that is
/// not known, or where the runtime refuses the bias or misreads it.
[[nodiscard]] Result<RequantizeRule> layer_rule(const PrepareContext& node, const RequantizeRule& eight_bits,
                                                Int16Sums sums = convolution_sums, LayerInputs which = {});

/// The layer's sums as codes by one rule, with its output's zero point and type.
[[nodiscard]] Requantizer layer_requantizer(const PrepareContext& node, const LayerWeights& layer,
                                            const RequantizeRule& rule, CodeRange clamp);

/// The node as a multiply-accumulate layer, by the best backend that takes it.
[[nodiscard]] std::unique_ptr<Kernel> layer_kernel(const PrepareContext& node, Taps taps, MacWeights weights,
                                                   Epilogue epilogue, LayerInputs which = {});

/// Checks that activations, weights and output go together: int8 or int16 with int8, uint8 with uint8, all
/// quantized.
[[nodiscard]] Status check_layer_types(const NodeView& node, LayerInputs which = {});

/// Tells that the kernel reads none of the scales that input 1 has, and what comes of it.
void warn_of_unread_scales(const PrepareContext& context);

/// TFLite's runtimes, whatever delegate they have, refuse a convolution that lists a bias and leaves it out (-1).
[[nodiscard]] Status check_bias_is_an_input(const PrepareContext& context);

}  // namespace nputwin
