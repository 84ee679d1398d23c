#pragma once

#include <vector>

#include "analysis/harden/channel.h"
#include "analysis/lint/layers.h"

namespace nputwin {

/// Gives a layer on the bench the scales and codes of its channels, whose places are those of `rules`.
void set_weights(HardenBench& bench, const lint_rules::Layer& layer, const LayerRules& rules,
                 const std::vector<ChannelResult>& channels);

/// Gives it their biases, on the scale that its activations and weights now have.
void set_biases(HardenBench& bench, const lint_rules::Layer& layer, const std::vector<ChannelResult>& channels);

/// Of a layer that is left as it is: its bias counts in the steps of an input scale that may be another now.
void keep_bias_number(HardenBench& bench, const lint_rules::Layer& layer);

}  // namespace nputwin
