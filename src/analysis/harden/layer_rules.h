#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/harden/bench.h"
#include "kernels/product/requantizer.h"
#include "mac/mac_kernel.h"

namespace nputwin {

/// One rule that a side has for a channel's sums.
struct SideRule {
  RequantizeRule rule;
  bool required = true;
  bool operator==(const SideRule&) const = default;
};

/// Exact sums lowest + k * step up to highest: all that a channel can have are among them.
struct SumRange {
  std::int64_t lowest = 0, highest = 0, step = 1;

  [[nodiscard]] SumRange moved(std::int64_t by) const { return {lowest + by, highest + by, step}; }
};

/// What becomes of sums, but for the rule and the multiplier.
struct SumCodes {
  std::int32_t zero_point = 0;
  CodeRange clamp{};
};

/// What a layer makes of sums, by the scales and the activation that the file gives its output.
[[nodiscard]] SumCodes sum_codes(const TensorSpec& output, const Node& layer);

/// The three scales from which a rule forms its multiplier.
struct LayerScales {
  float in = 1, weight = 1, out = 1;
};

/// On how many of the rules that are not required some sum has another code than by the first rule; nothing where that
/// is so by a required one, where a sum may leave a register, or where M is 0. Required rules come first.
///
/// A rule rises with the sum, so it is known by the least sum of each code: two rules agree on all sums exactly where
/// these agree.
[[nodiscard]] std::optional<std::size_t> disagreeing(std::span<const SideRule> rules, const LayerScales& scales,
                                                     const SumCodes& codes, const SumRange& sums);

/// How often ops and the graph's outputs read a tensor.
[[nodiscard]] std::size_t readers_of(const Graph& graph, int tensor);

/// A multiply-accumulate layer with constant weights, on all sides.
struct LayerRules {
  MacLayer layer;                                 ///< as every required side has it
  std::vector<std::vector<SideRule>> by_channel;  ///< each channel's, required ones first
  std::string unlike;                             ///< why the layer cannot be changed as one; empty: it can

  [[nodiscard]] std::size_t channels() const { return by_channel.size(); }
  [[nodiscard]] static LayerRules of(const HardenBench& bench, std::size_t node);

  /// What is multiplied are the codes of a constant without their zero point.
  [[nodiscard]] bool has_codes_of(const ModelTensor& weights) const;
  /// The weights of a channel, each without its zero point.
  [[nodiscard]] std::vector<std::int32_t> weights(std::size_t channel) const;
  /// Where they stand in the tensor, in the same order.
  [[nodiscard]] std::vector<std::size_t> places(std::size_t channel) const;
  /// The sums of products that codes in a range, or the input's zero point in the padding, can make with weights.
  [[nodiscard]] SumRange products(std::span<const std::int32_t> weights, CodeRange input) const;
};

}  // namespace nputwin
