#pragma once

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "analysis/harden/calibration.h"
#include "analysis/harden/channel.h"
#include "analysis/harden/passed_gains.h"
#include "analysis/lint/layers.h"
#include "base/thread_pool.h"

namespace nputwin {

/// Of tensors: the numbers of which their codes were made.
using FloatWeights = std::map<int, std::vector<float>>;

/// What was done to a layer.
struct LayerOutcome {
  std::array<std::size_t, kEnumNames<ChannelWay>.size()> channels{};  ///< by way
  double median_gain = 0, most_gain = 0;  ///< |gain - 1| of its channels that are as they were or on another scale
  std::size_t open = 0;                   ///< most rules of a channel that are not required and do not agree
  std::string given_up;                   ///< sides without which the others agree on some channels
  std::string unlike;                     ///< why these cannot agree on any; empty: they do on others
  std::string left;                       ///< why nothing was tried; empty: it was

  [[nodiscard]] std::size_t count(ChannelWay way) const { return channels[static_cast<std::size_t>(way)]; }
  /// Channels on which not all sides are equal.
  [[nodiscard]] std::size_t unequal() const { return count(ChannelWay::kFewerSides) + count(ChannelWay::kLeft); }
  [[nodiscard]] bool equal() const { return left.empty() && unequal() == 0; }
};

/// A layer with constant weights, on the bench.
struct LayerTask {
  HardenBench* bench = nullptr;
  lint_rules::Layer layer;
  const Calibration* calibration = nullptr;
  const FloatWeights* numbers = nullptr;
  PassedGains* gains = nullptr;  ///< of the layers before it, never null; the layer adds its own
  /// Gives the output another scale; empty: it must keep the one that it has.
  std::function<void(float)> move_output;
  /// Of layers behind whose outputs may give way, too: their multipliers by the scale of this output.
  std::vector<double> behind;
};

/// Why a layer cannot be changed, whatever its rules are; empty: it can.
[[nodiscard]] std::string why_left(const HardenBench& bench, const lint_rules::Layer& layer, const LayerRules& rules);

/// Changes the layer's weights and bias, and the output's scale where weights have one scale, so that all sides agree
/// on it. The scales of activations are settled.
[[nodiscard]] LayerOutcome harden_layer(const LayerTask& task, const ThreadPool& pool);

}  // namespace nputwin
