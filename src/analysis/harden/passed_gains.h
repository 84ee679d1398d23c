#pragma once

#include <map>
#include <span>
#include <vector>

#include "analysis/harden/bench.h"
#include "analysis/lint/layers.h"

namespace nputwin {

/// By tensor: by how much more the codes of each channel, an index of the last dimension, count without zero point.
using ChannelGains = std::map<int, std::vector<double>>;

/// Channels whose multiplier could only move by a percent or so: what that makes of them, the depthwise layer behind
/// takes back by its own multiplier, which is one for each of them, too.
class PassedGains {
 public:
  /// `layers`: those that will be changed, each after those that it reads.
  PassedGains(const HardenBench& bench, std::span<const lint_rules::Layer> layers);

  /// All that reads the tensor takes back what each channel gained.
  [[nodiscard]] bool can_pass(int tensor) const;
  /// What the channels gained, there and behind ops that keep them apart.
  void pass(int tensor, const std::vector<double>& gains);
  /// Null: the channels count as they did.
  [[nodiscard]] const std::vector<double>* of(int tensor) const;
  [[nodiscard]] const ChannelGains& all() const { return gains_; }

 private:
  [[nodiscard]] bool keeps_channels(const Node& node) const;

  const HardenBench& bench_;
  std::vector<bool> takes_back_;  // by node
  ChannelGains gains_;
};

}  // namespace nputwin
