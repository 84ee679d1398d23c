// Channels that no input moves: their weights are zeros, or M is so small that the whole sum is less than half a code.

#include <cmath>

#include "analysis/lint/layers.h"
#include "analysis/lint/rules.h"

namespace nputwin::lint_rules {

void dead_channels(const Context& context, Findings& findings) {
  each_layer(context.model, [&](const Layer& layer) {
    if (!layer.scaled()) return;
    const std::vector<ChannelWeights> weights = channel_weights(layer);
    std::size_t zeros = 0, small = 0;
    for (std::size_t c = 0; c < weights.size(); ++c) {
      const auto moved =
          static_cast<double>(largest_sum(layer, weights[c], c) - std::abs(layer.bias_of(c))) * layer.multiplier(c);
      if (weights[c].sum == 0) {
        ++zeros;
      } else if (moved < 0.5) {
        ++small;
      }
    }
    if (zeros + small == 0) return;
    const bool all = zeros + small == weights.size();
    std::string why = zeros > 0 ? "weights are all zero" : "";
    if (small > 0) why += fmt::format("{}the whole sum is under half a code", zeros > 0 ? ", or " : "");
    findings.add(
        all ? Severity::kWarning : Severity::kNote, layer.id, layer.weights,
        fmt::format("one code whatever the input in {}: {}", channels_text(zeros + small, weights.size()), why),
        "prune them, or look for what went wrong in training or conversion");
  });
}

}  // namespace nputwin::lint_rules
